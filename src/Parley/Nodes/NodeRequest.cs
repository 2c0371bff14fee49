using System.Text.Json.Serialization;
using Parley.Authentication;
using Parley.Sessions;

namespace Parley.Nodes;

/// <summary>What one node asks of others: plain data.</summary>
[JsonDerivedType(typeof(Subscribe), "subscribe")]
[JsonDerivedType(typeof(Unsubscribe), "unsubscribe")]
[JsonDerivedType(typeof(Disconnect), "disconnect")]
[JsonDerivedType(typeof(Refresh), "refresh")]
[JsonDerivedType(typeof(Channels), "channels")]
[JsonDerivedType(typeof(Info), "info")]
[JsonDerivedType(typeof(Transport), "transport")]
internal abstract record NodeRequest
{
    /// <summary>
    /// How long an answer is waited for that need not be held. Less than the 10 seconds for which long polling clients wait beyond the
    /// hold, so that they get the answer that there is none.
    /// </summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    /// <summary>How long the other node may take on purpose. Default zero.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>How long the answer is waited for.</summary>
    [JsonIgnore]
    public TimeSpan Patience => Hold + AnswerTime;

    public sealed record Subscribe(SessionSelector Sessions, string Channel, SubscriptionGrant Grant) : NodeRequest;

    public sealed record Unsubscribe(SessionSelector Sessions, string? Channel, UnsubscribeReason Reason) : NodeRequest;

    public sealed record Disconnect(SessionSelector Sessions, DisconnectReason Reason, IReadOnlyCollection<string> Whitelist) : NodeRequest;

    public sealed record Refresh(SessionSelector Sessions, RefreshOptions Options) : NodeRequest;

    public sealed record Channels(string? Pattern) : NodeRequest;

    public sealed record Info : NodeRequest;

    /// <summary>A client's request that came to another node than its session's. What it says is between the transport's two halves.</summary>
    /// <param name="Name">Which <see cref="ITransportRequestHandler"/> takes it.</param>
    /// <param name="Head">Its fields, at most a few KiB.</param>
    public sealed record Transport(string Name, string Head) : NodeRequest
    {
        /// <summary>The client's message, at most what a client may send. Nobody changes its bytes: they may be kept.</summary>
        [JsonIgnore]
        public ReadOnlyMemory<byte> Body { get; init; }

        /// <summary>Without what it says, which has the secret of a session in it.</summary>
        public override string ToString() => $"{nameof(Transport)} {Name}, {Body.Length} bytes";
    }
}

/// <summary>What one node answers: plain data.</summary>
internal sealed record NodeAnswer
{
    public static readonly NodeAnswer Done = new();

    /// <summary>Why the request failed on this node; null when it did not.</summary>
    public ClientError? Error { get; init; }

    /// <summary>Channels and their subscriptions on this node.</summary>
    public IReadOnlyDictionary<string, int> Channels { get; init; } = new Dictionary<string, int>();

    public NodeInfo? Info { get; init; }

    /// <summary>The fields of a transport's answer.</summary>
    public string? Head { get; init; }

    /// <summary>What a transport's answer brings for the client.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Body { get; init; }
}
