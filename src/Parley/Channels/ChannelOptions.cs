namespace Parley.Channels;

/// <summary>What the channels of one namespace do and who may use them. Section <c>Parley:Channels:Namespaces:NAME</c>.</summary>
/// <remarks>A namespace starts from the defaults given here, not from those of <c>Parley:Channels:Default</c>.</remarks>
public sealed class ChannelOptions
{
    /// <summary>Publications kept per channel, 0 to 100,000. History is on when this and <see cref="HistoryTtl"/> are above zero. Default 0.</summary>
    public int HistorySize { get; set; }

    /// <summary>How long publications are kept. Default zero.</summary>
    public TimeSpan HistoryTtl { get; set; }

    /// <summary>How long an untouched channel keeps its offset and epoch, at least <see cref="HistoryTtl"/>. Default 30 days.</summary>
    public TimeSpan HistoryMetaTtl { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Every subscription is recoverable, whether its client asks or not. Needs history. Default false.</summary>
    public bool ForceRecovery { get; set; }

    /// <summary>Clients may ask for recovery. Needs history. Default false.</summary>
    public bool AllowRecovery { get; set; }

    /// <summary>Every subscription is watched for gaps. Needs history. Default false.</summary>
    public bool ForcePositioning { get; set; }

    /// <summary>Clients may ask to be watched for gaps. Needs history. Default false.</summary>
    public bool AllowPositioning { get; set; }

    /// <summary>What a returning client is given. Default <see cref="RecoveryMode.Stream"/>, the only one yet.</summary>
    public RecoveryMode RecoveryMode { get; set; }

    /// <summary>Keeps a list of who is in the channel. Default false.</summary>
    public bool Presence { get; set; }

    /// <summary>Tells subscribers who ask for it that others joined or left. Default false.</summary>
    public bool JoinLeave { get; set; }

    /// <summary>Sends join and leave to all subscribers, asked or not. Default false.</summary>
    public bool ForcePushJoinLeave { get; set; }

    /// <summary>Authenticated clients may subscribe without a subscription token. Default false.</summary>
    public bool AllowSubscribe { get; set; }

    /// <summary>Anonymous clients may do what <see cref="AllowSubscribe"/> permits. Default false.</summary>
    public bool AllowAnonymousSubscribe { get; set; }

    /// <summary>Clients may publish. Default false.</summary>
    public bool AllowPublish { get; set; }

    /// <summary>Clients that are subscribed to the channel may publish. Default false.</summary>
    public bool AllowPublishForSubscriber { get; set; }

    /// <summary>
    /// Clients that speak Protobuf may publish data that is no JSON. Subscribers that speak JSON are then closed with 3506, so it is for
    /// namespaces that only Protobuf clients use. Default false: such data is refused with 107.
    /// </summary>
    public bool AllowBinary { get; set; }

    /// <summary>Subscribers may ask who is in the channel. Default false.</summary>
    public bool AllowPresence { get; set; }

    /// <summary>Subscribers may read the history. Default false.</summary>
    public bool AllowHistory { get; set; }

    /// <summary>Users named in a channel after <c>#</c> may subscribe without a token. Default false.</summary>
    public bool AllowUserLimited { get; set; }

    /// <summary>Delta compression; not available yet, must be empty.</summary>
    public IList<string> DeltaTypes { get; set; } = [];

    /// <summary>Delta compression; not available yet, must be false.</summary>
    public bool DeltaPublish { get; set; }

    /// <summary>Filters on tags; not available yet, must be false.</summary>
    public bool AllowTagsFilter { get; set; }

    /// <summary>
    /// Regular expression that the rest of a channel's name (after the namespace) must match, evaluated without
    /// backtracking. Default: none, printable ASCII.
    /// </summary>
    public string? ChannelPattern { get; set; }

    /// <summary>Whether the channels of this namespace keep history.</summary>
    internal bool HasHistory => HistorySize > 0 && HistoryTtl > TimeSpan.Zero;
}
