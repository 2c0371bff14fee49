using System.Text.Json.Serialization;

namespace DotnetClient;

/// <summary>What people say to each other.</summary>
public sealed record Message(string Text);

/// <summary>Serialization without reflection, so that the program can be trimmed.</summary>
[JsonSerializable(typeof(Message))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class Json : JsonSerializerContext;
