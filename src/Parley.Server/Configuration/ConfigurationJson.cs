using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.AspNetCore;

namespace Parley.Server.Configuration;

/// <summary>How options are shown.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ServerOptions))]
[JsonSerializable(typeof(ParleyOptions))]
internal sealed partial class OptionsJson : JsonSerializerContext;

/// <summary>How the file of generated keys is written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(GeneratedKeys))]
internal sealed partial class KeyJson : JsonSerializerContext;
