using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Parley.AspNetCore.Api.Messages;

/// <summary>Which sessions a request is about.</summary>
internal abstract class ApiSessionRequest
{
    [Description("Id of the user whose sessions are meant. May be empty only when client or session is given.")]
    public string? User { get; set; }

    [Description("Only the session with this client id.")]
    public string? Client { get; set; }

    [Description("Only the session with this session id.")]
    public string? Session { get; set; }
}

internal sealed class ApiSubscribeRequest : ApiSessionRequest
{
    [Required]
    [Description("Full name of the channel, namespace included.")]
    public string? Channel { get; set; }

    [Description("What others see of the subscription in presence, join and leave: any JSON value. Either this or b64info.")]
    public JsonSlice Info { get; set; }

    [JsonPropertyName("b64info")]
    [Description("The same as base64. Either this or info.")]
    public string? Base64Info { get; set; }

    [Description("Sent to the client with the subscription: any JSON value. Either this or b64data.")]
    public JsonSlice Data { get; set; }

    [JsonPropertyName("b64data")]
    [Description("The same as base64. Either this or data.")]
    public string? Base64Data { get; set; }

    [Description("When the subscription ends, in seconds since 1970. 0: never.")]
    public long? ExpireAt { get; set; }

    [Description("Send what was published after this position.")]
    public PositionMessage? RecoverSince { get; set; }

    [Description("Options in place of those of the channel's namespace.")]
    public SubscribeOverride? Override { get; set; }
}

internal sealed class SubscribeOverride
{
    [Description("Whether the client is listed in presence.")]
    public FlagMessage? Presence { get; set; }

    [Description("Whether others are told of this client's join and leave.")]
    public FlagMessage? JoinLeave { get; set; }

    [Description("Whether the client is told of joins and leaves.")]
    public FlagMessage? ForcePushJoinLeave { get; set; }

    [Description("Whether the subscription is watched for gaps.")]
    public FlagMessage? ForcePositioning { get; set; }

    [Description("Whether the subscription is recoverable.")]
    public FlagMessage? ForceRecovery { get; set; }
}

internal sealed class FlagMessage
{
    [Description("The option's value. Default false.")]
    public bool? Value { get; set; }
}

internal sealed class PositionMessage
{
    [Description("Number of the last publication seen.")]
    public ulong? Offset { get; set; }

    [Description("Epoch that the offset belongs to.")]
    public string? Epoch { get; set; }
}

internal sealed class ApiUnsubscribeRequest : ApiSessionRequest
{
    [Description("Full name of the channel; empty: all channels.")]
    public string? Channel { get; set; }
}

internal sealed class ApiDisconnectRequest : ApiSessionRequest
{
    [Description("Client ids that stay connected.")]
    public List<string>? Whitelist { get; set; }

    [Description("What the clients are told. Default: 3503, force disconnect, after which they do not come back.")]
    public DisconnectMessage? Disconnect { get; set; }
}

internal sealed class DisconnectMessage
{
    [Description("3000 to 4999. 3500 to 3999 and 4500 to 4999 end the client, the others make it reconnect. Default 3503.")]
    public uint? Code { get; set; }

    [Description("1 to 123 characters of printable ASCII that are not JSON. Default: force disconnect.")]
    public string? Reason { get; set; }
}

internal sealed class ApiRefreshRequest : ApiSessionRequest
{
    [Description("Closes the sessions as expired, with code 3005.")]
    public bool? Expired { get; set; }

    [Description("When the sessions expire, in seconds since 1970. 0: never.")]
    public long? ExpireAt { get; set; }

    [Description("New connection info: any JSON value. Absent: it stays.")]
    public JsonSlice Info { get; set; }
}

/// <summary>The answer of a method that answers nothing.</summary>
internal sealed class ApiEmptyResult
{
    public static readonly ApiEmptyResult Instance = new();
}
