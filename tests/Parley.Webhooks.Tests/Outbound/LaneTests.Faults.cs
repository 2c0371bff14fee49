using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound;

/// <content>When the process stops, the clock jumps, or the store fails.</content>
public sealed partial class LaneTests
{
    [Fact]
    public async Task What_only_waited_when_the_process_was_stopped_does_not_look_as_if_it_had_been_tried()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Concurrency = 1 });
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Receiver.Answer(_ => leave.Task);
        var receipts = new List<string>();
        for (var index = 0; index < 5; index++)
            receipts.Add((await Node.SendAsync()).Id);
        await Receiver.NextAsync();

        var stopping = Node.StopAndStartAsync();
        leave.SetResult();
        Node = await stopping;

        await Receiver.NextAsync(4);
        foreach (var receipt in receipts)
        {
            Assert.Equal(1, (await Node.DeliveryAsync(receipt, endpoint, DeliveryState.Succeeded)).Attempts);
            Assert.Null(Assert.Single(await Node.AttemptsAsync(receipt, endpoint)).Error);
        }
    }

    [Fact]
    public async Task A_clock_that_goes_far_ahead_while_a_request_is_under_way_sends_nothing_twice()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { TimeoutSeconds = 60, Concurrency = 5 });
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Receiver.Answer(_ => leave.Task);
        var first = (await Node.SendAsync()).Id;
        await Receiver.NextAsync();

        // As a machine that slept: the clock has gone on, the timers have not.
        Node.Time.AdjustTime(Node.Time.GetUtcNow().AddHours(1));
        Node.Services.GetRequiredService<Dispatcher>().Poke(Node.Application, endpoint.Id);
        var second = (await Node.SendAsync()).Id;
        Assert.Equal(second, (await Receiver.NextAsync()).Id);
        leave.SetResult();

        await Node.DeliveryAsync(first, endpoint, DeliveryState.Succeeded);
        await Node.DeliveryAsync(second, endpoint, DeliveryState.Succeeded);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_while_the_process_was_down_puts_nothing_before_what_is_there()
    {
        List<string> sent = [(await Node.SendAsync()).Id, (await Node.SendAsync()).Id];
        Node.Time.AdjustTime(Node.Time.GetUtcNow().AddMinutes(-10));

        Node = await Node.RestartAsync();
        sent.Add((await Node.SendAsync()).Id);

        Assert.Equal(sent, sent.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task While_outcomes_cannot_be_recorded_nothing_further_is_sent_and_nothing_is_sent_twice()
    {
        FaultyStore faults = null!;
        await using var node = await WebhookNode.StartAsync(wrapStore: inner =>
        {
            (var store, faults) = FaultyStore.Around(inner);
            return store;
        });
        var endpoint = await node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Concurrency = 1 });
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var failures = 0;
        faults.FailBy(method =>
        {
            if (method != nameof(IWebhookStore.CompleteAsync))
                return null;
            if (Interlocked.Increment(ref failures) == 5)
                failed.TrySetResult();
            return new WebhookStoreException(WebhookStoreProblem.Full, "No space is left.");
        });
        var receipts = new List<string>();
        for (var index = 0; index < 5; index++)
            receipts.Add((await node.SendAsync()).Id);
        var received = new List<string> { (await Receiver.NextAsync()).Id };
        await node.PassUntilAsync(TimeSpan.FromSeconds(1), () => failed.Task.IsCompleted);
        while (Receiver.Waiting > 0)
            received.Add((await Receiver.NextAsync()).Id);
        Assert.InRange(received.Count, 1, 2); // the second may have begun before the first was known not to be recorded

        faults.FailBy(static _ => null);
        await node.PassUntilAsync(TimeSpan.FromSeconds(1), () =>
        {
            while (Receiver.Waiting > 0)
                received.Add(Receiver.NextAsync().Result.Id);
            return received.Distinct().Count() == 5;
        });

        foreach (var receipt in receipts)
            Assert.Equal(1, (await node.DeliveryAsync(receipt, endpoint, DeliveryState.Succeeded)).Attempts);
        Assert.Equal(5, received.Count);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_when_a_place_is_free_leaves_the_place_free()
    {
        FaultyStore faults = null!;
        await using var node = await WebhookNode.StartAsync(
            static options => options.MaxConcurrency = 1,
            wrapStore: inner =>
            {
                (var store, faults) = FaultyStore.Around(inner);
                return store;
            });
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Receiver.Answer(_ => leave.Task);
        await node.AddEndpointAsync(Receiver, static endpoint => endpoint with { EventTypes = ["a.b"] });
        await using var other = await Receiver.StartAsync();
        var endpoint = await node.AddEndpointAsync(other, static endpoint => endpoint with { EventTypes = ["c.d"], Ordered = true });
        await node.SendAsync(eventType: "a.b");
        await Receiver.NextAsync();
        var waiting = (await node.SendAsync(eventType: "c.d")).Id;
        // In order it is claimed by its lane, which then waits for the place.
        await node.DeliveryAsync(waiting, endpoint, DeliveryState.Sending);
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        faults.FailBy(method =>
        {
            if (method != nameof(IWebhookStore.ReadAsync))
                return null;
            failed.TrySetResult();
            return new WebhookStoreException(WebhookStoreProblem.Unavailable, "It does not answer.");
        });
        node.Services.GetRequiredService<WebhookCatalog>().Forget(node.Application);

        leave.SetResult();
        await failed.Task.WaitAsync(Patience.Limit);
        faults.FailBy(static _ => null);
        await node.PassUntilAsync(TimeSpan.FromSeconds(0.5), () => other.Waiting > 0);

        Assert.Equal(waiting, (await other.NextAsync()).Id);
        await node.DeliveryAsync(waiting, endpoint, DeliveryState.Succeeded);
    }
}
