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
public sealed class ReplayTests : NodeWithReceiver
{
    [Fact]
    public async Task What_failed_in_a_time_is_sent_again_and_nothing_else()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [] });
        Receiver.Answer(500);
        var before = await FailAsync(endpoint);
        Node.Time.Advance(TimeSpan.FromMinutes(1));
        var since = Node.Time.GetUtcNow();
        var (first, second) = (await FailAsync(endpoint), await FailAsync(endpoint));
        Receiver.Answer(200);
        var delivered = (await Node.SendAsync()).Id;
        await Node.DeliveryAsync(delivered, endpoint, DeliveryState.Succeeded);
        await Receiver.NextAsync(4);

        var replay = await DoneAsync(await StartAsync(endpoint, ReplayScope.Failed, since));

        Assert.Equal((3, 2, ReplayState.Completed), (replay.Examined, replay.Replayed, replay.State));
        Assert.Equal(new[] { first, second }.Order(), (await Receiver.NextAsync(2)).Select(static request => request.Id).Order());
        await Node.DeliveryAsync(first, endpoint, DeliveryState.Succeeded);
        Assert.Equal(AttemptTrigger.Replay, (await Node.AttemptsAsync(first, endpoint))[0].Trigger);
        Assert.Equal(DeliveryState.Failed, (await Node.DeliveryAsync(before, endpoint, DeliveryState.Failed)).State);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Fact]
    public async Task What_failed_in_a_time_is_sent_again_however_long_before_it_was_accepted()
    {
        var start = Node.Time.GetUtcNow();
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [3 * 24 * 3600] });
        Receiver.Answer(500);
        var late = (await Node.SendAsync()).Id;
        await Node.DeliveryAsync(late, endpoint, DeliveryState.Waiting);
        Receiver.Answer(500, ("webhook-delivery", "abort-message"));
        var early = await FailAsync(endpoint);
        Receiver.Answer(500);
        Node.Time.Advance(TimeSpan.FromDays(4));
        Assert.Equal(2, (await Node.DeliveryAsync(late, endpoint, DeliveryState.Failed)).Attempts);
        Receiver.Answer(200);
        await Receiver.NextAsync(3);

        Assert.Equal(1, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Failed, start, isDryRun: true, until: start.AddDays(2)))).Replayed);
        Assert.Equal(1, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Failed, start.AddDays(2)))).Replayed);

        Assert.Equal(late, (await Receiver.NextAsync()).Id);
        Assert.Equal(DeliveryState.Failed, (await Node.DeliveryAsync(early, endpoint, DeliveryState.Failed)).State);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Theory]
    [InlineData(nameof(ReplayScope.Failed))]
    [InlineData(nameof(ReplayScope.All))]
    public async Task A_replay_leaves_out_what_its_filters_do(string scope)
    {
        var since = Node.Time.GetUtcNow();
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [] });
        Receiver.Answer(500);
        var messages = new Dictionary<string, string>();
        foreach (var type in new[] { "invoice.paid", "invoice.item.added", "invoices.paid" })
        {
            foreach (var channel in new[] { "eu", "us" })
            {
                var id = (await Node.SendAsync(eventType: type, change: message => message with { Channels = [channel] })).Id;
                await Node.DeliveryAsync(id, endpoint, DeliveryState.Failed);
                messages.Add($"{type} {channel}", id);
            }
        }

        await Receiver.NextAsync(6);

        await AssertReplayedAsync("invoice.paid", null, "invoice.paid eu", "invoice.paid us");
        await AssertReplayedAsync("invoice.*", null, "invoice.paid eu", "invoice.paid us", "invoice.item.added eu", "invoice.item.added us");
        await AssertReplayedAsync("invoice.*", "eu", "invoice.paid eu", "invoice.item.added eu");
        await AssertReplayedAsync(null, "us", "invoice.paid us", "invoice.item.added us", "invoices.paid us");

        async Task AssertReplayedAsync(string? eventType, string? channel, params string[] wanted)
        {
            var replay = New(endpoint, Enum.Parse<ReplayScope>(scope), since) with { EventType = eventType, Channel = channel };
            Assert.Equal(wanted.Length, (await DoneAsync(await StartAsync(replay))).Replayed);
            Assert.Equal(wanted.Select(one => messages[one]).Order(), (await Receiver.NextAsync(wanted.Length)).Select(static request => request.Id).Order());
            // As they were, for the next one.
            foreach (var one in wanted)
                await Node.DeliveryAsync(messages[one], endpoint, DeliveryState.Failed);
        }
    }

    [Fact]
    public async Task A_new_endpoint_gets_what_it_missed_and_wants_and_each_once()
    {
        var since = Node.Time.GetUtcNow();
        var wanted = new List<string>();
        for (var index = 0; index < 3; index++)
        {
            wanted.Add((await Node.SendAsync(eventType: "invoice.paid")).Id);
            await Node.SendAsync(eventType: "order.created");
        }

        await Node.SendAsync(eventType: "invoice.paid", change: message => message with { ExpiresAt = since.AddMinutes(1) });
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { EventTypes = ["invoice.*"] });
        Node.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since, isDryRun: true))).Replayed);
        Assert.Equal(0, Receiver.Waiting);
        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since))).Replayed);
        Assert.Equal(wanted.Order(), (await Receiver.NextAsync(3)).Select(static request => request.Id).Order());
        foreach (var message in wanted)
            await Node.DeliveryAsync(message, endpoint, DeliveryState.Succeeded);

        Assert.Equal(0, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since))).Replayed);
        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.All, since))).Replayed);
        Assert.Equal(wanted.Order(), (await Receiver.NextAsync(3)).Select(static request => request.Id).Order());
    }

    [Theory]
    [InlineData(nameof(EndpointState.Disabled), nameof(DeliveryError.EndpointDisabled))]
    [InlineData(nameof(EndpointState.Pending), nameof(DeliveryError.EndpointPending))]
    public async Task What_was_cancelled_with_its_endpoint_is_missing_and_nothing_that_was_cancelled_otherwise(string state, string reason)
    {
        var since = Node.Time.GetUtcNow();
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [600] });
        var delivered = (await Node.SendAsync()).Id;
        await Node.DeliveryAsync(delivered, endpoint, DeliveryState.Succeeded);
        Receiver.Answer(500);
        var expired = (await Node.SendAsync(change: message => message with { ExpiresAt = since.AddMinutes(1) })).Id;
        await Node.DeliveryAsync(expired, endpoint, DeliveryState.Cancelled);
        var backlog = new[] { (await Node.SendAsync()).Id, (await Node.SendAsync()).Id };
        foreach (var message in backlog)
            await Node.DeliveryAsync(message, endpoint, DeliveryState.Waiting);
        endpoint = await SwitchAsync(endpoint, Enum.Parse<EndpointState>(state));
        foreach (var message in backlog)
            Assert.Equal(Enum.Parse<DeliveryError>(reason), (await Node.DeliveryAsync(message, endpoint, DeliveryState.Cancelled)).LastError);
        var missed = (await Node.SendAsync()).Id;
        Receiver.Answer(200);
        await SwitchAsync(endpoint, EndpointState.Active);
        await Receiver.NextAsync(4);
        string[] wanted = [.. backlog, missed];

        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since, isDryRun: true))).Replayed);
        Assert.Equal(3, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since))).Replayed);

        Assert.Equal(wanted.Order(), (await Receiver.NextAsync(3)).Select(static request => request.Id).Order());
        foreach (var message in wanted)
            await Node.DeliveryAsync(message, endpoint, DeliveryState.Succeeded);
        Assert.Equal(DeliveryError.Expired, (await Node.DeliveryAsync(expired, endpoint, DeliveryState.Cancelled)).LastError);
        Assert.Equal(0, (await DoneAsync(await StartAsync(endpoint, ReplayScope.Missing, since))).Replayed);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Fact]
    public async Task A_replay_goes_on_after_a_restart_where_it_was()
    {
        var since = Node.Time.GetUtcNow();
        var messages = new List<string>();
        for (var index = 0; index < 5; index++)
            messages.Add((await Node.SendAsync()).Id);
        var endpoint = await Node.AddEndpointAsync(Receiver);
        Node.Time.Advance(TimeSpan.FromSeconds(1));
        // As a process leaves it that has ended after its first part, while its lease still runs.
        var left = New(endpoint, ReplayScope.Missing, since) with
        {
            Cursor = WebhookNode.Key(messages[1], endpoint).Message,
            Examined = 2,
            Replayed = 2,
            LeasedUntil = Node.Time.GetUtcNow().AddSeconds(20),
        };
        await Node.Store.AddAsync(left.ToResource());

        Node = await Node.RestartAsync();
        Assert.Equal(ReplayState.Running, (await ReadAsync(left)).State);
        Node.Time.Advance(TimeSpan.FromSeconds(31));

        var done = await DoneAsync(left);
        Assert.Equal((5, 5), (done.Examined, done.Replayed));
        Assert.Equal(messages.Skip(2).Order(), (await Receiver.NextAsync(3)).Select(static request => request.Id).Order());
    }

    [Fact]
    public async Task A_replay_ends_when_its_endpoint_is_disabled()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { State = EndpointState.Disabled });

        Assert.Equal(ReplayState.Cancelled, (await DoneAsync(await StartAsync(endpoint, ReplayScope.All, Node.Time.GetUtcNow().AddDays(-1)))).State);
    }

    private async Task<Endpoint> SwitchAsync(Endpoint endpoint, EndpointState state)
    {
        var changed = (await Node.Store.ReadAsync(ResourceKind.Endpoint, endpoint.Id))!.ToEndpoint();
        changed = changed with { State = state, Revision = changed.Revision + 1 };
        Assert.Equal(ResourceWrite.Done, await Node.Store.ReplaceAsync(changed.ToResource()));
        Node.Services.GetRequiredService<WebhookCatalog>().Forget(Node.Application);
        Node.Services.GetRequiredService<Dispatcher>().Wake(endpoint.Id);
        return changed;
    }

    private async Task<string> FailAsync(Endpoint endpoint)
    {
        var id = (await Node.SendAsync()).Id;
        await Node.DeliveryAsync(id, endpoint, DeliveryState.Failed);
        return id;
    }

    private Replay New(Endpoint endpoint, ReplayScope scope, DateTimeOffset since, bool isDryRun = false, DateTimeOffset? until = null) => new()
    {
        Id = Node.Services.GetRequiredService<IdGenerator>().Next(),
        Application = Node.Application,
        Endpoint = endpoint.Id,
        Scope = scope,
        Since = since,
        Until = until ?? Node.Time.GetUtcNow().AddSeconds(1),
        DryRun = isDryRun,
    };

    private Task<Replay> StartAsync(Endpoint endpoint, ReplayScope scope, DateTimeOffset since, bool isDryRun = false, DateTimeOffset? until = null) =>
        StartAsync(New(endpoint, scope, since, isDryRun, until));

    private async Task<Replay> StartAsync(Replay replay)
    {
        Assert.Equal(ResourceWrite.Done, await Node.Store.AddAsync(replay.ToResource()));
        Node.Services.GetRequiredService<ReplayRunner>().Look();
        return replay;
    }

    private async Task<Replay> ReadAsync(Replay replay) => (await Node.Store.ReadAsync(ResourceKind.Replay, replay.Id))!.ToReplay();

    private Task<Replay> DoneAsync(Replay replay) => Eventually.BecomesAsync(() => ReadAsync(replay), static now => now.State is not ReplayState.Running);
}
