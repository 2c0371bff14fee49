namespace Parley.Testing.Webhooks;

/// <summary>A run in the end: what those outside of the server did and saw, and what the server says.</summary>
public sealed record LedgerHistory
{
    /// <summary>Where messages went.</summary>
    public required IReadOnlyList<LedgerEndpoint> Endpoints { get; init; }

    /// <summary>What was sent, by the senders' own names.</summary>
    public required IReadOnlyList<LedgerMessage> Messages { get; init; }

    /// <summary>What the receivers got, in the order in which they got it.</summary>
    public required IReadOnlyList<LedgerReceipt> Receipts { get; init; }

    /// <summary>When a process of the server was killed.</summary>
    public required IReadOnlyList<DateTimeOffset> Crashes { get; init; }

    /// <summary>The messages that the server has.</summary>
    public required IReadOnlyList<LedgerStoredMessage> Stored { get; init; }

    /// <summary>The deliveries that the server has.</summary>
    public required IReadOnlyList<LedgerDelivery> Deliveries { get; init; }
}

/// <summary>Where messages went.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Schedule">Seconds before each attempt after the first.</param>
public sealed record LedgerEndpoint(string Id, IReadOnlyList<int> Schedule)
{
    /// <summary>Whether it wants one after the other.</summary>
    public bool IsOrdered { get; init; }

    /// <summary>How long a request may be under way.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>When the server had said that it sends nothing more there; null: never.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>What a sender was told in the end.</summary>
public enum LedgerAnswer
{
    /// <summary>Nothing, or that it is not known: the message may be there, once.</summary>
    Unknown,

    /// <summary>202.</summary>
    Accepted,

    /// <summary>That nothing was stored.</summary>
    Refused,
}

/// <summary>What was sent.</summary>
/// <param name="Name">The sender's own name for it, its uid.</param>
/// <param name="Digest">Of its payload, which no other message has.</param>
/// <param name="Endpoints">Those that want it.</param>
public sealed record LedgerMessage(string Name, string Digest, IReadOnlyList<string> Endpoints)
{
    /// <summary>What the sender was told.</summary>
    public LedgerAnswer Answer { get; init; }

    /// <summary>All ids that the sender was told: when it sent again, it must be the same.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>When it was first sent, in the order of all that happened.</summary>
    public long CalledAt { get; init; }

    /// <summary>When it was accepted.</summary>
    public long AnsweredAt { get; init; } = long.MaxValue;
}

/// <summary>A request that a receiver got whole.</summary>
/// <param name="Endpoint">Whose it was.</param>
/// <param name="Id">Its <c>webhook-id</c>.</param>
/// <param name="Digest">Of its body.</param>
public sealed record LedgerReceipt(string Endpoint, string Id, string Digest)
{
    /// <summary>Whether its signature is good.</summary>
    public bool IsSigned { get; init; } = true;

    /// <summary>When it came.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When it was sent, as it says itself, to the second.</summary>
    public DateTimeOffset SentAt { get; init; }

    /// <summary>What it was answered; null when it was not.</summary>
    public int? Status { get; init; }

    /// <summary>Whether the receiver took it.</summary>
    public bool IsTaken => Status is >= 200 and < 300;
}

/// <summary>A message that the server has.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its uid.</param>
public sealed record LedgerStoredMessage(string Id, string Name);

/// <summary>A delivery that the server has.</summary>
/// <param name="Message">Id of the message.</param>
/// <param name="Endpoint">Id of the endpoint.</param>
/// <param name="State">As the API names it.</param>
/// <param name="Count">Attempts that it says it had.</param>
public sealed record LedgerDelivery(string Message, string Endpoint, string State, int Count)
{
    /// <summary>What went wrong last, as the API names it.</summary>
    public string? LastError { get; init; }

    /// <summary>Its attempts, oldest first; null when they were not looked at.</summary>
    public IReadOnlyList<LedgerAttempt>? Attempts { get; init; }
}

/// <summary>An attempt that the server has.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="StartedAt">When it began.</param>
public sealed record LedgerAttempt(int Number, DateTimeOffset StartedAt)
{
    /// <summary>From its beginning to its end.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What the receiver answered.</summary>
    public int? Status { get; init; }

    /// <summary>As the API names it; null for success.</summary>
    public string? Error { get; init; }
}
