using Microsoft.Extensions.Logging;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Events;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>What all lanes share.</summary>
internal sealed record LaneServices
{
    public required IWebhookStore Store { get; init; }

    public required WebhookCatalog Catalog { get; init; }

    public required AttemptRunner Runner { get; init; }

    public required EndpointSwitch Switch { get; init; }

    public required OperationalEvents Events { get; init; }

    public required WebhookMetrics Metrics { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>One for each request that may be under way.</summary>
    public required SemaphoreSlim Slots { get; init; }

    /// <summary>How many of them a lane may have.</summary>
    public required int MaxPerLane { get; init; }

    public required CancellationToken Stopping { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Has the lanes of an acceptance's deliveries look for them.</summary>
    public required Action<Acceptance> Poke { get; init; }

    /// <summary>Lets a lane go whose endpoint is gone.</summary>
    public required Action<Lane> Retire { get; init; }

    public Drain Drain { get; } = new();

    public MemoryBudget Memory { get; } = new();

    public RecordingHealth Recording { get; } = new();
}

/// <summary>Whether no further request is to be started.</summary>
internal sealed class Drain
{
    private volatile bool _hasBegun;

    public bool HasBegun => _hasBegun;

    public void Begin() => _hasBegun = true;
}

/// <summary>Whether outcomes can be recorded. Thread-safe.</summary>
internal sealed class RecordingHealth
{
    private int _failing;

    public bool IsFailing => Volatile.Read(ref _failing) > 0;

    public void Failed() => Interlocked.Increment(ref _failing);

    public void Ended() => Interlocked.Decrement(ref _failing);
}
