using System.Text.Json.Serialization;

namespace Parley.Server.Doctor;

/// <summary>What is sent as JSON.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class DoctorJson : JsonSerializerContext;
