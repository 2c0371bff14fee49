using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Parley.AspNetCore.Api.Messages;

/// <summary>A request about one channel.</summary>
internal class ApiChannelRequest
{
    [Required]
    [Description("Full name of the channel, namespace included.")]
    public string? Channel { get; set; }
}

internal sealed class ApiPresenceResult
{
    [Description("The clients in the channel by client id.")]
    public required IReadOnlyDictionary<string, ClientInfoMessage> Presence { get; set; }
}

internal sealed class ClientInfoMessage
{
    [Description("Id of the user; empty for an anonymous one.")]
    public required string User { get; set; }

    [Description("Id of the client, unique over all nodes.")]
    public required string Client { get; set; }

    [Description("Connection info, when it is JSON.")]
    public JsonBytes? ConnInfo { get; set; }

    [JsonPropertyName("b64conn_info")]
    [Description("Connection info as base64, when it is not JSON.")]
    public string? Base64ConnInfo { get; set; }

    [Description("Channel info, when it is JSON.")]
    public JsonBytes? ChanInfo { get; set; }

    [JsonPropertyName("b64chan_info")]
    [Description("Channel info as base64, when it is not JSON.")]
    public string? Base64ChanInfo { get; set; }
}

internal sealed class ApiPresenceStatsResult
{
    [Description("Clients in the channel.")]
    public int NumClients { get; set; }

    [Description("Distinct users among them.")]
    public int NumUsers { get; set; }
}

internal sealed class ApiHistoryRequest : ApiChannelRequest
{
    [Description("Most publications to return. 0: the position only, -1: all that are kept. Default 0.")]
    public int? Limit { get; set; }

    [Description("Start after this position; one that is lost is refused with 112.")]
    public PositionMessage? Since { get; set; }

    [Description("Newest first. Default false.")]
    public bool? Reverse { get; set; }
}

internal sealed class ApiHistoryResult
{
    [Description("In the order asked for.")]
    public required IReadOnlyList<PublicationMessage> Publications { get; set; }

    [Description("Epoch of the stream.")]
    public required string Epoch { get; set; }

    [Description("Offset of the newest publication of the stream, whether it is still kept or not.")]
    public ulong Offset { get; set; }
}

internal sealed class PublicationMessage
{
    [Description("The payload, when it is JSON.")]
    public JsonBytes? Data { get; set; }

    [JsonPropertyName("b64data")]
    [Description("The payload as base64, when it is not JSON.")]
    public string? Base64Data { get; set; }

    [Description("The client that published it; absent when it came from the application.")]
    public ClientInfoMessage? Info { get; set; }

    [Description("Its number in the stream.")]
    public ulong? Offset { get; set; }

    [Description("Labels of the publication.")]
    public IReadOnlyDictionary<string, string>? Tags { get; set; }
}

internal sealed class ApiChannelsRequest
{
    [Description("Glob over the names, with * and ?. Default: all channels.")]
    public string? Pattern { get; set; }
}

internal sealed class ApiChannelsResult
{
    [Description("Channels with subscribers by name, over all nodes.")]
    public required IReadOnlyDictionary<string, ChannelMessage> Channels { get; set; }
}

internal sealed class ChannelMessage
{
    [Description("Sessions subscribed to the channel.")]
    public int NumClients { get; set; }
}
