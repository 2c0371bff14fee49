using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>Each endpoint has its own limits, and costs nobody else anything.</summary>
public sealed partial class LaneTests : NodeWithReceiver
{
    [Fact]
    public async Task No_more_requests_are_under_way_than_the_endpoint_allows()
    {
        await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Concurrency = 3 });
        using var leave = new SemaphoreSlim(0);
        var (atOnce, most) = (0, 0);
        Receiver.Answer(async _ =>
        {
            var now = Interlocked.Increment(ref atOnce);
            InterlockedMax(ref most, now);
            await leave.WaitAsync();
            Interlocked.Decrement(ref atOnce);
        });

        for (var index = 0; index < 20; index++)
            await Node.SendAsync();
        await Receiver.NextAsync(3);
        Assert.Equal(0, Receiver.Waiting);
        leave.Release(20);
        await Receiver.NextAsync(17);

        Assert.Equal(3, most);
    }

    [Fact]
    public async Task An_ordered_endpoint_gets_one_after_the_other_in_the_order_of_acceptance_whatever_fails()
    {
        await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Ordered = true, RetrySchedule = [1, 1, 1] });
        var failures = new ConcurrentDictionary<string, int>();
        var atOnce = 0;
        Receiver.Answer(async context =>
        {
            Assert.Equal(1, Interlocked.Increment(ref atOnce));
            await Task.Yield();
            Interlocked.Decrement(ref atOnce);
            // Each third one fails twice.
            var id = context.Request.Headers["webhook-id"].ToString();
            var isBad = id.GetHashCode(StringComparison.Ordinal) % 3 == 0;
            context.Response.StatusCode = isBad && failures.AddOrUpdate(id, 1, static (_, count) => count + 1) <= 2 ? 500 : 200;
        });
        var sent = new List<string>();
        for (var index = 0; index < 30; index++)
            sent.Add((await Node.SendAsync()).Id);

        var received = new List<string>();
        await Node.PassUntilAsync(TimeSpan.FromSeconds(0.5), () =>
        {
            while (Receiver.Waiting > 0)
                received.Add(Receiver.NextAsync().Result.Id);
            return received.Distinct().Count() == 30;
        });

        Assert.Equal(sent, received.Distinct());
        Assert.Equal(received, received.OrderBy(sent.IndexOf));
    }

    [Fact]
    public async Task A_rate_is_kept()
    {
        await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RateLimit = 2 });
        for (var index = 0; index < 10; index++)
            await Node.SendAsync();
        await Receiver.NextAsync();

        for (var second = 0; second < 4; second++)
        {
            Node.Time.Advance(TimeSpan.FromSeconds(0.5));
            await Receiver.NextAsync();
            Assert.Equal(0, Receiver.Waiting);
        }
    }

    [Fact]
    public async Task The_rate_that_the_receiver_allows_is_kept_too()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, endpoint => endpoint with
        {
            RateLimit = 2,
            Verification = new EndpointVerification { Method = VerificationMethod.CloudEvents, Origin = "", VerifiedAt = Node.Time.GetUtcNow(), AllowedRate = 30 },
        });
        Assert.Equal((0.5, 0.25, 2), (endpoint.Rate, (endpoint with { RateLimit = null, Verification = endpoint.Verification! with { AllowedRate = 15 } }).Rate,
            (endpoint with { Verification = null }).Rate));
        for (var index = 0; index < 3; index++)
            await Node.SendAsync();
        await Receiver.NextAsync();

        for (var count = 0; count < 2; count++)
        {
            Node.Time.Advance(TimeSpan.FromSeconds(1.9));
            Assert.Equal(0, Receiver.Waiting);
            Node.Time.Advance(TimeSpan.FromSeconds(0.11));
            await Receiver.NextAsync();
        }
    }

    [Fact]
    public async Task More_than_fits_into_memory_waits_in_the_store_and_all_of_it_arrives()
    {
        const int Count = 1000;
        await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Concurrency = 20 });
        using var open = new ManualResetEventSlim();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Receiver.Answer(_ => gate.Task);
        var receipts = await Task.WhenAll(Enumerable.Range(0, Count).Select(async _ => await Node.SendAsync()));
        Assert.InRange((await Node.Store.ReadBacklogAsync(Node.Time.GetUtcNow())).Outstanding, Count, Count);

        gate.SetResult();

        var received = await Receiver.NextAsync(Count);
        Assert.Equal(receipts.Select(static receipt => receipt.Id).Order(), received.Select(static request => request.Id).Order());
        await Eventually.BecomesAsync(
            async () => (await Node.Store.ReadBacklogAsync(Node.Time.GetUtcNow())).Outstanding, static outstanding => outstanding == 0);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Fact]
    public async Task A_dead_endpoint_with_a_backlog_does_not_hold_up_another()
    {
        await using var dead = await Receiver.StartAsync();
        var never = new TaskCompletionSource();
        dead.Answer(_ => never.Task);
        await Node.AddEndpointAsync(dead);
        for (var index = 0; index < 500; index++)
            await Node.SendAsync();
        await Node.AddEndpointAsync(Receiver);

        var receipt = await Node.SendAsync();

        Assert.Equal(receipt.Id, (await Receiver.NextAsync()).Id);
        never.SetResult();
    }

    [Fact]
    public async Task An_endpoint_that_only_fails_is_probed_now_and_then_and_its_schedules_are_not_used_up()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [3600] });
        Receiver.Answer(500);
        var receipts = new List<string>();
        for (var index = 0; index < 25; index++)
        {
            receipts.Add((await Node.SendAsync()).Id);
            if (index < 20)
                await Node.DeliveryAsync(receipts[^1], endpoint, DeliveryState.Waiting);
        }

        Assert.Equal(20, (await Receiver.NextAsync(20)).Count);
        Assert.Equal(0, Receiver.Waiting);
        Node.Time.Advance(TimeSpan.FromSeconds(31));
        var probe = await Receiver.NextAsync();
        await Node.DeliveryAsync(probe.Id, endpoint, DeliveryState.Waiting);
        Assert.Equal(0, Receiver.Waiting);

        Receiver.Answer(200);
        Node.Time.Advance(TimeSpan.FromSeconds(61));
        await Receiver.NextAsync(4);

        // What was not tried has had no attempt, and what was waits for its time.
        var attempts = await Task.WhenAll(receipts.Select(async receipt => (await Node.Store.ReadDeliveryAsync(WebhookNode.Key(receipt, endpoint)))!.Attempts));
        Assert.All(attempts, static count => Assert.InRange(count, 0, 1));
    }

    [Fact]
    public async Task An_endpoint_that_is_well_again_gets_what_has_gathered_few_at_once_at_first()
    {
        const int Gathered = 200;
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [3600], Concurrency = 50 });
        Receiver.Answer(500);
        for (var index = 0; index < Gathered; index++)
        {
            var receipt = await Node.SendAsync();
            if (index < 20)
                await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        }

        await Receiver.NextAsync(20);
        var (atOnce, answered, mostTooMany) = (0, 0, 0);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Receiver.Answer(async _ =>
        {
            // The probe alone, then two, and one more for each that was answered.
            InterlockedMax(ref mostTooMany, Interlocked.Increment(ref atOnce) - 1 - Volatile.Read(ref answered));
            if (Volatile.Read(ref answered) == 1)
                await leave.Task;
            Interlocked.Increment(ref answered);
            Interlocked.Decrement(ref atOnce);
        });
        Node.Time.Advance(TimeSpan.FromSeconds(31));
        await Receiver.NextAsync(3);
        Assert.Equal(0, Receiver.Waiting);
        leave.SetResult();
        await Receiver.NextAsync(Gathered - 23);

        Assert.Equal(0, mostTooMany);
    }

    [Fact]
    public async Task Fast_ones_are_not_slowed_by_those_that_hang()
    {
        var never = new TaskCompletionSource();
        var hanging = new List<Receiver>();
        for (var index = 0; index < 5; index++)
        {
            var receiver = await Receiver.StartAsync();
            receiver.Answer(_ => never.Task);
            hanging.Add(receiver);
            await Node.AddEndpointAsync(receiver);
        }

        var endpoint = await Node.AddEndpointAsync(Receiver);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => await Node.SendAsync()));

        await Receiver.NextAsync(50);
        foreach (var receipt in receipts)
            await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        never.SetResult();
        foreach (var receiver in hanging)
            await receiver.DisposeAsync();
    }

    [Fact]
    public async Task An_ordered_endpoint_that_blocks_gets_nothing_further_until_its_head_is_delivered()
    {
        var endpoint = await Node.AddEndpointAsync(
            Receiver, static endpoint => endpoint with { Ordered = true, WhenExhausted = ExhaustedPolicy.Block, RetrySchedule = [1] });
        Receiver.Answer(500);
        var (first, second) = ((await Node.SendAsync()).Id, (await Node.SendAsync()).Id);
        for (var attempt = 0; attempt < 10; attempt++)
        {
            Assert.Equal(first, (await Receiver.NextAsync()).Id);
            await Node.DeliveryAsync(first, endpoint, DeliveryState.Waiting);
            Node.Time.Advance(TimeSpan.FromSeconds(2));
        }

        Receiver.Answer(200);

        await Eventually.BecomesAsync(
            async () =>
            {
                Node.Time.Advance(TimeSpan.FromSeconds(2));
                return (await Node.Store.ReadDeliveryAsync(WebhookNode.Key(second, endpoint)))!.State;
            },
            static state => state is DeliveryState.Succeeded);
        Assert.Equal(DeliveryState.Succeeded, (await Node.DeliveryAsync(first, endpoint, DeliveryState.Succeeded)).State);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_costs_nothing()
    {
        var dispatcher = Node.Services.GetRequiredService<Dispatcher>();
        var endpoint = await Node.AddEndpointAsync(Receiver);
        await Node.DeliveryAsync((await Node.SendAsync()).Id, endpoint, DeliveryState.Succeeded);
        Assert.Equal((1, 1), (dispatcher.Count, dispatcher.Applications));

        await Node.Store.RemoveAsync(ResourceKind.Endpoint, endpoint.Id);
        Node.Services.GetRequiredService<WebhookCatalog>().Forget(Node.Application);
        dispatcher.Drop(endpoint.Id);
        dispatcher.Drop(Guid.NewGuid());

        await Eventually.BecomesAsync(() => Task.FromResult((dispatcher.Count, dispatcher.Applications)), static count => count == (0, 0));
    }

    [Fact]
    public async Task One_endpoint_takes_an_eighth_of_all_requests_at_most_and_one_application_a_half()
    {
        await using var node = await WebhookNode.StartAsync(static options => options.MaxConcurrency = 16);
        var never = new TaskCompletionSource();
        Receiver.Answer(_ => never.Task);
        for (var index = 0; index < 8; index++)
            await node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Concurrency = 100 });
        for (var index = 0; index < 10; index++)
            await node.SendAsync();
        await Receiver.NextAsync(8);

        await using var other = await Receiver.StartAsync();
        var application = new Application { Id = Guid.CreateVersion7(), Uid = "other" };
        await node.Store.AddAsync(application.ToResource());
        await node.AddEndpointAsync(other, endpoint => endpoint with { Application = application.Id });
        await node.Webhooks.SendAsync("other", new WebhookMessage("order.created", "{}"u8.ToArray()));

        await other.NextAsync();
        Assert.Equal(0, Receiver.Waiting);
        never.SetResult();
    }

    private static void InterlockedMax(ref int most, int value)
    {
        var seen = Volatile.Read(ref most);
        while (value > seen && Interlocked.CompareExchange(ref most, value, seen) is var found && found != seen)
            seen = found;
    }
}
