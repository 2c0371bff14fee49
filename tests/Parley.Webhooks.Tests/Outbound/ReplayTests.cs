using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Replays;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>What failed or was missed is sent again, by a job that survives restarts.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private WebhookNode _node = null!;
    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await WebhookNode.StartAsync();
        _receiver = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task What_failed_in_a_time_is_sent_again_and_nothing_else()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [] });
        _receiver.Answer(500);
        var before = await FailAsync(endpoint);
        _node.Time.Advance(TimeSpan.FromMinutes(1));
        var since = _node.Time.GetUtcNow();
        var (first, second) = (await FailAsync(endpoint), await FailAsync(endpoint));
        _receiver.Answer(200);
        var delivered = (await _node.SendAsync()).Id;
        await _node.DeliveryAsync(delivered, endpoint, DeliveryState.Succeeded);
        await _receiver.NextAsync(4);

        var replay = await DoneAsync(await StartAsync(endpoint, ReplayScope.Failed, since));

        Assert.Equal((3, 2, ReplayState.Completed), (replay.Examined, replay.Replayed, replay.State));
        Assert.Equal(new[] { first, second }.Order(), (await _receiver.NextAsync(2)).Select(static request => request.Id).Order());
        await _node.DeliveryAsync(first, endpoint, DeliveryState.Succeeded);
        Assert.Equal(AttemptTrigger.Replay, (await _node.AttemptsAsync(first, endpoint))[0].Trigger);
        Assert.Equal(DeliveryState.Failed, (await _node.DeliveryAsync(before, endpoint, DeliveryState.Failed)).State);
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task What_failed_in_a_time_is_sent_again_however_long_before_it_was_accepted()
    {
        var start = _node.Time.GetUtcNow();
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [3 * 24 * 3600] });
        _receiver.Answer(500);
        var late = (await _node.SendAsync()).Id;
        await _node.DeliveryAsync(late, endpoint, DeliveryState.Waiting);
        _receiver.Answer(500, ("webhook-delivery", "abort-message"));
        var early = await FailAsync(endpoint);
        _receiver.Answer(500);
        _node.Time.Advance(TimeSpan.FromDays(4));
        Assert.Equal(2, (await _node.DeliveryAsync(late, endpoint, DeliveryState.Failed)).Attempts);
        _receiver.Answer(200);
        await _receiver.NextAsync(3);

        Assert.Equal(1, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Failed, start, isDryRun: true, until: start.AddDays(2)))).Replayed);
        Assert.Equal(1, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Failed, start.AddDays(2)))).Replayed);

        Assert.Equal(late, (await _receiver.NextAsync()).Id);
        Assert.Equal(DeliveryState.Failed, (await _node.DeliveryAsync(early, endpoint, DeliveryState.Failed)).State);
        Assert.Equal(0, _receiver.Waiting);
    }

    [Theory]
    [InlineData(nameof(ReplayScope.Failed))]
    [InlineData(nameof(ReplayScope.All))]
    public async Task A_replay_leaves_out_what_its_filters_do(string scope)
    {
        var since = _node.Time.GetUtcNow();
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [] });
        _receiver.Answer(500);
        var messages = new Dictionary<string, string>();
        foreach (var type in new[] { "invoice.paid", "invoice.item.added", "invoices.paid" })
        {
            foreach (var channel in new[] { "eu", "us" })
            {
                var id = (await _node.SendAsync(eventType: type, change: message => message with { Channels = [channel] })).Id;
                await _node.DeliveryAsync(id, endpoint, DeliveryState.Failed);
                messages.Add($"{type} {channel}", id);
            }
        }

        await _receiver.NextAsync(6);

        await AssertReplayedAsync("invoice.paid", null, "invoice.paid eu", "invoice.paid us");
        await AssertReplayedAsync("invoice.*", null, "invoice.paid eu", "invoice.paid us", "invoice.item.added eu", "invoice.item.added us");
        await AssertReplayedAsync("invoice.*", "eu", "invoice.paid eu", "invoice.item.added eu");
        await AssertReplayedAsync(null, "us", "invoice.paid us", "invoice.item.added us", "invoices.paid us");

        async Task AssertReplayedAsync(string? eventType, string? channel, params string[] wanted)
        {
            var replay = New(endpoint, Enum.Parse<ReplayScope>(scope), since) with { EventType = eventType, Channel = channel };
            Assert.Equal(wanted.Length, (await DoneAsync(await StartAsync(replay))).Replayed);
            Assert.Equal(wanted.Select(one => messages[one]).Order(), (await _receiver.NextAsync(wanted.Length)).Select(static request => request.Id).Order());
            // As they were, for the next one.
            foreach (var one in wanted)
                await _node.DeliveryAsync(messages[one], endpoint, DeliveryState.Failed);
        }
    }

    [Fact]
    public async Task A_new_endpoint_gets_what_it_missed_and_wants_and_each_once()
    {
        var since = _node.Time.GetUtcNow();
        var wanted = new List<string>();
        for (var index = 0; index < 3; index++)
        {
            wanted.Add((await _node.SendAsync(eventType: "invoice.paid")).Id);
            await _node.SendAsync(eventType: "order.created");
        }

        await _node.SendAsync(eventType: "invoice.paid", change: message => message with { ExpiresAt = since.AddMinutes(1) });
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { EventTypes = ["invoice.*"] });
        _node.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since, isDryRun: true))).Replayed);
        Assert.Equal(0, _receiver.Waiting);
        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since))).Replayed);
        Assert.Equal(wanted.Order(), (await _receiver.NextAsync(3)).Select(static request => request.Id).Order());
        foreach (var message in wanted)
            await _node.DeliveryAsync(message, endpoint, DeliveryState.Succeeded);

        Assert.Equal(0, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since))).Replayed);
        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.All, since))).Replayed);
        Assert.Equal(wanted.Order(), (await _receiver.NextAsync(3)).Select(static request => request.Id).Order());
    }

    [Theory]
    [InlineData(nameof(EndpointState.Disabled), nameof(DeliveryError.EndpointDisabled))]
    [InlineData(nameof(EndpointState.Pending), nameof(DeliveryError.EndpointPending))]
    public async Task What_was_cancelled_with_its_endpoint_is_missing_and_nothing_that_was_cancelled_otherwise(string state, string reason)
    {
        var since = _node.Time.GetUtcNow();
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [600] });
        var delivered = (await _node.SendAsync()).Id;
        await _node.DeliveryAsync(delivered, endpoint, DeliveryState.Succeeded);
        _receiver.Answer(500);
        var expired = (await _node.SendAsync(change: message => message with { ExpiresAt = since.AddMinutes(1) })).Id;
        await _node.DeliveryAsync(expired, endpoint, DeliveryState.Cancelled);
        var backlog = new[] { (await _node.SendAsync()).Id, (await _node.SendAsync()).Id };
        foreach (var message in backlog)
            await _node.DeliveryAsync(message, endpoint, DeliveryState.Waiting);
        endpoint = await SwitchAsync(endpoint, Enum.Parse<EndpointState>(state));
        foreach (var message in backlog)
            Assert.Equal(Enum.Parse<DeliveryError>(reason), (await _node.DeliveryAsync(message, endpoint, DeliveryState.Cancelled)).LastError);
        var missed = (await _node.SendAsync()).Id;
        _receiver.Answer(200);
        await SwitchAsync(endpoint, EndpointState.Active);
        await _receiver.NextAsync(4);
        string[] wanted = [.. backlog, missed];

        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since, isDryRun: true))).Replayed);
        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since))).Replayed);

        Assert.Equal(wanted.Order(), (await _receiver.NextAsync(3)).Select(static request => request.Id).Order());
        foreach (var message in wanted)
            await _node.DeliveryAsync(message, endpoint, DeliveryState.Succeeded);
        Assert.Equal(DeliveryError.Expired, (await _node.DeliveryAsync(expired, endpoint, DeliveryState.Cancelled)).LastError);
        Assert.Equal(0, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since))).Replayed);
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task A_replay_goes_on_after_a_restart_where_it_was()
    {
        var since = _node.Time.GetUtcNow();
        var messages = new List<string>();
        for (var index = 0; index < 5; index++)
            messages.Add((await _node.SendAsync()).Id);
        var endpoint = await _node.AddEndpointAsync(_receiver);
        _node.Time.Advance(TimeSpan.FromSeconds(1));
        // As a process leaves it that has ended after its first part, while its lease still runs.
        var left = New(endpoint, ReplayScope.Missing, since) with
        {
            Cursor = WebhookNode.Key(messages[1], endpoint).Message,
            Examined = 2,
            Replayed = 2,
            LeasedUntil = _node.Time.GetUtcNow().AddSeconds(20),
        };
        await _node.Store.AddAsync(left.ToResource());

        _node = await _node.RestartAsync();
        Assert.Equal(ReplayState.Running, (await ReadAsync(left)).State);
        _node.Time.Advance(TimeSpan.FromSeconds(31));

        var done = await DoneAsync(left);
        Assert.Equal((5, 5), (done.Examined, done.Replayed));
        Assert.Equal(messages.Skip(2).Order(), (await _receiver.NextAsync(3)).Select(static request => request.Id).Order());
    }

    [Fact]
    public async Task A_replay_ends_when_its_endpoint_is_disabled()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { State = EndpointState.Disabled });

        Assert.Equal(ReplayState.Cancelled, (await DoneAsync(await StartAsync(endpoint, ReplayScope.All, _node.Time.GetUtcNow().AddDays(-1)))).State);
    }

    private async Task<Endpoint> SwitchAsync(Endpoint endpoint, EndpointState state)
    {
        var changed = (await _node.Store.ReadAsync(ResourceKind.Endpoint, endpoint.Id))!.ToEndpoint();
        changed = changed with { State = state, Revision = changed.Revision + 1 };
        Assert.Equal(ResourceWrite.Done, await _node.Store.ReplaceAsync(changed.ToResource()));
        _node.Services.GetRequiredService<WebhookCatalog>().Forget(_node.Application);
        _node.Services.GetRequiredService<Dispatcher>().Wake(endpoint.Id);
        return changed;
    }

    private async Task<string> FailAsync(Endpoint endpoint)
    {
        var id = (await _node.SendAsync()).Id;
        await _node.DeliveryAsync(id, endpoint, DeliveryState.Failed);
        return id;
    }

    private Replay New(Endpoint endpoint, ReplayScope scope, DateTimeOffset since, bool isDryRun = false, DateTimeOffset? until = null) => new()
    {
        Id = _node.Services.GetRequiredService<IdGenerator>().Next(),
        Application = _node.Application,
        Endpoint = endpoint.Id,
        Scope = scope,
        Since = since,
        Until = until ?? _node.Time.GetUtcNow().AddSeconds(1),
        DryRun = isDryRun,
    };

    private Task<Replay> StartAsync(Endpoint endpoint, ReplayScope scope, DateTimeOffset since, bool isDryRun = false, DateTimeOffset? until = null) =>
        StartAsync(New(endpoint, scope, since, isDryRun, until));

    private async Task<Replay> StartAsync(Replay replay)
    {
        Assert.Equal(ResourceWrite.Done, await _node.Store.AddAsync(replay.ToResource()));
        _node.Services.GetRequiredService<ReplayRunner>().Look();
        return replay;
    }

    private async Task<Replay> ReadAsync(Replay replay) => (await _node.Store.ReadAsync(ResourceKind.Replay, replay.Id))!.ToReplay();

    private Task<Replay> DoneAsync(Replay replay) => Eventually.BecomesAsync(() => ReadAsync(replay), static now => now.State is not ReplayState.Running);
}
