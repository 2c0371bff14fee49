using Parley.Webhooks.Ids;
using Parley.Webhooks.Replays;

namespace Parley.Webhooks.Api.Models;

/// <summary>What is to be sent again.</summary>
internal sealed record ReplayBody
{
    /// <summary><c>failed</c> (default), <c>missing</c> (also what was cancelled because the endpoint was disabled or pending) or <c>all</c>.</summary>
    public string? Scope { get; init; }

    /// <summary>What failed at or after; of other scopes, messages accepted at or after.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What failed before; of other scopes, messages accepted before. Default: now.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only of this event type, or of those of a pattern as <c>invoice.*</c>.</summary>
    public string? EventType { get; init; }

    /// <summary>Only messages with this channel.</summary>
    public string? Channel { get; init; }

    /// <summary>Whether it is only counted what would be sent.</summary>
    public bool? DryRun { get; init; }
}

/// <summary>A replay as it is shown, with how far it is.</summary>
internal sealed record ReplayView(
    string Id, string Endpoint, string Scope, DateTimeOffset Since, DateTimeOffset Until, string? EventType, string? Channel, bool DryRun, string State, int Examined,
    int Replayed, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ReplayView Of(Replay replay) => new(
        WebhookId.Format(WebhookId.Replay, replay.Id),
        WebhookId.Format(WebhookId.Endpoint, replay.Endpoint),
        ApiNames.Of(replay.Scope),
        replay.Since,
        replay.Until,
        replay.EventType,
        replay.Channel,
        replay.DryRun,
        ApiNames.Of(replay.State),
        replay.Examined,
        replay.Replayed,
        replay.CreatedAt,
        replay.UpdatedAt);
}
