using Microsoft.Extensions.Logging;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>What all lanes share.</summary>
internal sealed record LaneServices(
    IWebhookStore Store,
    WebhookCatalog Catalog,
    AttemptRunner Runner,
    EndpointSwitch Switch,
    WebhookMetrics Metrics,
    TimeProvider Time,
    SemaphoreSlim Slots,
    Drain Drain,
    MemoryBudget Memory,
    CancellationToken Stopping,
    ILogger Logger);

/// <summary>Whether no further request is to be started.</summary>
internal sealed class Drain
{
    private volatile bool _hasBegun;

    public bool HasBegun => _hasBegun;

    public void Begin() => _hasBegun = true;
}
