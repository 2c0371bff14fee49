using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Diagnostics;

public sealed class WebhookHealthCheckTests : IAsyncLifetime
{
    private FaultyStore _faults = null!;
    private WebhookNode _node = null!;
    private int _writes;

    public async ValueTask InitializeAsync() => _node = await WebhookNode.StartAsync(wrapStore: inner =>
    {
        (var store, _faults) = FaultyStore.Around(inner);
        return store;
    });

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task It_writes_to_find_out_and_no_more_often_than_every_five_seconds()
    {
        _faults.FailBy(method =>
        {
            _writes += method == nameof(IWebhookStore.WriteAsync) ? 1 : 0;
            return null;
        });

        for (var time = 0; time < 10; time++)
            Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        Assert.Equal(1, _writes);
        _node.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        Assert.Equal(2, _writes);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_not_healthy_until_it_can()
    {
        FailToWrite();
        Assert.Equal((HealthStatus.Unhealthy, "Full."), Shown(await CheckAsync()));

        _faults.FailBy(static _ => null);
        _node.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
    }

    [Fact]
    public async Task A_message_that_cannot_be_stored_is_noticed_at_once()
    {
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        _faults.FailBy(static method => method == nameof(IWebhookStore.AcceptAsync) ? new WebhookStoreException(WebhookStoreProblem.Full, "Full.") : null);

        await Assert.ThrowsAsync<WebhookStoreException>(() => _node.SendAsync().AsTask());

        Assert.Equal((HealthStatus.Unhealthy, "Full."), Shown(await CheckAsync()));
    }

    private static (HealthStatus, string?) Shown(HealthReportEntry entry) => (entry.Status, entry.Description);

    private void FailToWrite() =>
        _faults.FailBy(static method => method == nameof(IWebhookStore.WriteAsync) ? new WebhookStoreException(WebhookStoreProblem.Full, "Full.") : null);

    private async Task<HealthReportEntry> CheckAsync() =>
        Assert.Single((await _node.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries).Value;
}
