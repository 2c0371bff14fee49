using Microsoft.Extensions.Hosting;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Replays;
using Parley.Webhooks.Retention;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks;

/// <summary>Opens the store before the web server listens, and ends what is under way after it has stopped.</summary>
internal sealed class WebhookHostedService(
    IWebhookStore store, IdGenerator ids, OtherNodes otherNodes, Dispatcher dispatcher, RetentionJob retention, ReplayRunner replays, WebhookMetrics metrics,
    TimeProvider time) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await store.OpenAsync(otherNodes, cancellationToken);
        if (await store.ReadNewestIdAsync(cancellationToken) is { } newest)
            ids.StartAfter(newest);
        await dispatcher.StartAsync(cancellationToken);
        retention.Start();
        replays.Start();
        metrics.Observe(OldestDueSeconds, () => dispatcher.Stalled.TotalSeconds, () => dispatcher.Depth);
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        retention.Dispose();
        await replays.StopAsync();
        await dispatcher.StopAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // By now whoever exports them listens.
        metrics.BeginAtZero();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private double OldestDueSeconds()
    {
        var now = time.GetUtcNow();
        // Who reads metrics does so on a thread of its own, now and then.
        var oldest = store.ReadBacklogAsync(now).AsTask().GetAwaiter().GetResult().OldestDue;
        return oldest is null ? 0 : (now - oldest.Value).TotalSeconds;
    }
}
