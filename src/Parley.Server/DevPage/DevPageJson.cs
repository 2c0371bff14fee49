using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Server.DevPage;

/// <summary>What the page and the server say to each other.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PageSettings))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class DevPageJson : JsonSerializerContext;

internal sealed record PageSettings(string Version, string WebSocketPath, string? ApiKey);

internal sealed record TokenRequest(string User, string? Channel);

internal sealed record TokenAnswer(string Token);
