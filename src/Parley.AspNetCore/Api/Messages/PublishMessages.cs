using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Parley.AspNetCore.Api.Messages;

/// <summary>What <c>publish</c> and <c>broadcast</c> have in common.</summary>
internal abstract class PublicationContent
{
    [Description("The payload: any JSON value, delivered byte for byte. Either this or b64data.")]
    public JsonSlice Data { get; set; }

    [JsonPropertyName("b64data")]
    [Description("The payload as base64, for readers that speak Protobuf. Either this or data.")]
    public string? Base64Data { get; set; }

    [Description("Leaves the publication out of the history; it then has no offset.")]
    public bool? SkipHistory { get; set; }

    [Description("Short labels that subscribers get with the publication.")]
    public Dictionary<string, string?>? Tags { get; set; }

    [Description("A second publication with the same key in the same channel within 5 minutes is answered like the first and not published.")]
    public string? IdempotencyKey { get; set; }

    [Description("Accepted for compatibility; delta compression is not available yet.")]
    public bool? Delta { get; set; }

    [Description("Version of the state in the payload: one that is not above the channel's last is dropped. 0: not versioned. Needs history.")]
    public ulong? Version { get; set; }

    [Description("Versions are compared within one version epoch only.")]
    public string? VersionEpoch { get; set; }
}

internal sealed class ApiPublishRequest : PublicationContent
{
    [Required]
    [Description("Full name of the channel, namespace included.")]
    public string? Channel { get; set; }
}

internal sealed class ApiPublishResult
{
    [Description("Number of the publication in the channel's history; absent when the channel keeps none.")]
    public ulong? Offset { get; set; }

    [Description("Epoch that the offset belongs to; absent when the channel keeps no history.")]
    public string? Epoch { get; set; }
}

internal sealed class ApiBroadcastRequest : PublicationContent
{
    [Required]
    [Description("Full names of the channels. Each succeeds or fails by itself.")]
    public List<string?>? Channels { get; set; }
}

internal sealed class ApiBroadcastResult
{
    [Description("One response per channel, in the order of the request.")]
    public required IReadOnlyList<BroadcastResponse> Responses { get; set; }
}

internal sealed class BroadcastResponse
{
    [Description("The position; absent when publishing to this channel failed.")]
    public ApiPublishResult? Result { get; set; }

    [Description("Why publishing to this channel failed; absent when it did not.")]
    public ApiError? Error { get; set; }
}
