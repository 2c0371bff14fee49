using System.Text.Json.Serialization;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.EventTypes;

namespace Parley.Webhooks.Replays;

/// <summary>A job that sends messages of a time to an endpoint again. Stored, so that it goes on after a restart and on another node.</summary>
internal sealed record Replay
{
    [JsonIgnore]
    public Guid Id { get; init; }

    [JsonIgnore]
    public Guid Application { get; init; }

    [JsonIgnore]
    public long Revision { get; init; } = 1;

    public required Guid Endpoint { get; init; }

    public required ReplayScope Scope { get; init; }

    /// <summary>What failed at or after; of other scopes, messages accepted at or after.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>What failed before; of other scopes, messages accepted before.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Only messages of this event type, or of those that fit this pattern; null: all.</summary>
    public string? EventType { get; init; }

    /// <summary>Only messages with this channel; null: all.</summary>
    public string? Channel { get; init; }

    /// <summary>Whether it only counts.</summary>
    public bool DryRun { get; init; }

    public ReplayState State { get; init; }

    /// <summary>The last message that was looked at.</summary>
    public Guid? Cursor { get; init; }

    /// <summary>Messages that were looked at.</summary>
    public int Examined { get; init; }

    /// <summary>Deliveries that are sent again, or would be.</summary>
    public int Replayed { get; init; }

    /// <summary>Until when a node works on it.</summary>
    public DateTimeOffset LeasedUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public bool IsFiltered => EventType is not null || Channel is not null;

    /// <summary>Whether a time is in its own. In milliseconds, as stores keep times.</summary>
    public bool Covers(DateTimeOffset at) =>
        at.ToUnixTimeMilliseconds() >= Since.ToUnixTimeMilliseconds() && at.ToUnixTimeMilliseconds() < Until.ToUnixTimeMilliseconds();

    /// <summary>Whether a message is among those that the filters leave.</summary>
    public bool Means(Message message) =>
        (EventType is null || EventTypeName.Matches(EventType, message.EventType)) && (Channel is null || message.Channels.Contains(Channel));
}

/// <summary>What a replay sends again. Names are public and stored.</summary>
internal enum ReplayScope
{
    /// <summary>What is in the dead letter.</summary>
    Failed,

    /// <summary>
    /// What the endpoint wants now and never had a delivery of, as before it was made; and what was cancelled because it was disabled or pending.
    /// </summary>
    Missing,

    /// <summary>All that the endpoint wants now, what was delivered too.</summary>
    All,
}

/// <summary>What has become of a replay. Names are public and stored.</summary>
internal enum ReplayState
{
    Running,
    Completed,

    /// <summary>By somebody, or because the endpoint is disabled or gone.</summary>
    Cancelled,
}
