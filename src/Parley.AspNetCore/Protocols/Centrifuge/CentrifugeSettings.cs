using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>What the handlers of all connections share, so that each holds one reference.</summary>
internal sealed record CentrifugeSettings
{
    /// <summary>Tells this node from others.</summary>
    public required string NodeId { get; init; }

    /// <summary>Commands of one client that are worked on at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Most commands in one message; a client that sends more is closed.</summary>
    public required int MaxCommandsPerMessage { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Room for a client's commands; null: they are done one after the other.</summary>
    public SemaphoreSlim? NewSlots() => Concurrency > 1 ? new SemaphoreSlim(Concurrency, Concurrency) : null;
}
