namespace Parley.Client;

/// <summary>How a <see cref="Subscription"/> subscribes. Read once, when the subscription is made.</summary>
public sealed class SubscriptionOptions
{
    /// <summary>JSON web token for this channel; empty for none. Default empty.</summary>
    public string Token { get; set; } = "";

    /// <summary>
    /// Gets a token for the channel when there is none, before the one in use expires, and when the server says that it has expired. Null
    /// or empty means that the user may not subscribe: the subscription ends. An exception is reported by
    /// <see cref="Subscription.Error"/>, and the client tries again after a while. Default null: no callback.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<string?>>? GetToken { get; set; }

    /// <summary>Sent with each subscribe, for the application. In <see cref="ProtocolFormat.Json"/> one JSON value. Default empty.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Asks that missed publications are delivered after an interruption; the channel must allow it. Default false.</summary>
    public bool Recoverable { get; set; }

    /// <summary>Asks the server to watch that no publication is skipped; the channel must allow it. Default false.</summary>
    public bool Positioned { get; set; }

    /// <summary>Asks for <see cref="Subscription.Joined"/> and <see cref="Subscription.Left"/>; the channel must allow it. Default false.</summary>
    public bool JoinLeave { get; set; }

    /// <summary>
    /// The first subscribe recovers from here, as from a position that was stored with a state loaded before. Default null: from now on.
    /// </summary>
    public StreamPosition? Since { get; set; }
}
