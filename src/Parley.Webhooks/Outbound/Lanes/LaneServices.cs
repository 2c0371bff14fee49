using Microsoft.Extensions.Logging;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>What all lanes share.</summary>
internal sealed record LaneServices
{
    public required IWebhookStore Store { get; init; }

    public required WebhookCatalog Catalog { get; init; }

    public required AttemptRunner Runner { get; init; }

    public required OutcomeRecorder Recorder { get; init; }

    public required WebhookMetrics Metrics { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>One for each request that may be under way.</summary>
    public required SemaphoreSlim Slots { get; init; }

    /// <summary>How many of them a lane may have.</summary>
    public required int MaxPerLane { get; init; }

    public required CancellationToken Stopping { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Lets a lane go whose endpoint is gone.</summary>
    public required Action<Lane> Retire { get; init; }

    public Drain Drain { get; } = new();

    public MemoryBudget Memory { get; } = new();
}

/// <summary>Whether no further request is to be started.</summary>
internal sealed class Drain
{
    private volatile bool _hasBegun;

    public bool HasBegun => _hasBegun;

    public void Begin() => _hasBegun = true;
}
