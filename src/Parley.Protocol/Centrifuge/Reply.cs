namespace Parley.Protocol.Centrifuge;

/// <summary>What a server says: the answer to a command, a push, or (with nothing set) a ping.</summary>
public sealed class Reply
{
    /// <summary>Id of the command that is answered; 0 for a push or a ping.</summary>
    public uint Id { get; set; }

    /// <summary>Why the command failed; then no result is set.</summary>
    public Error? Error { get; set; }

    public Push? Push { get; set; }

    public ConnectResult? Connect { get; set; }

    public SubscribeResult? Subscribe { get; set; }

    public UnsubscribeResult? Unsubscribe { get; set; }

    public PublishResult? Publish { get; set; }

    public PresenceResult? Presence { get; set; }

    public PresenceStatsResult? PresenceStats { get; set; }

    public HistoryResult? History { get; set; }

    public PingResult? Ping { get; set; }

    public RPCResult? Rpc { get; set; }

    public RefreshResult? Refresh { get; set; }

    public SubRefreshResult? SubRefresh { get; set; }
}
