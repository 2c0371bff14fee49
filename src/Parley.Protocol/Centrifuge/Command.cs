namespace Parley.Protocol.Centrifuge;

/// <summary>What a client asks; holds one request.</summary>
/// <remarks>
/// Where several requests are set, the first in the order of the properties counts. A command with id 0 that is not a
/// <see cref="Send"/> is a pong.
/// </remarks>
public sealed class Command
{
    /// <summary>Chosen by the client, rising from 1; the reply repeats it. 0 for a pong, and allowed for <see cref="Send"/>.</summary>
    public uint Id { get; set; }

    public ConnectRequest? Connect { get; set; }

    public SubscribeRequest? Subscribe { get; set; }

    public UnsubscribeRequest? Unsubscribe { get; set; }

    public PublishRequest? Publish { get; set; }

    public PresenceRequest? Presence { get; set; }

    public PresenceStatsRequest? PresenceStats { get; set; }

    public HistoryRequest? History { get; set; }

    public RPCRequest? Rpc { get; set; }

    /// <summary>The only request without a reply.</summary>
    public SendRequest? Send { get; set; }

    public RefreshRequest? Refresh { get; set; }

    public SubRefreshRequest? SubRefresh { get; set; }

    /// <summary>Not sent by clients of version 2 of the protocol: their pong is an empty command.</summary>
    public PingRequest? Ping { get; set; }
}
