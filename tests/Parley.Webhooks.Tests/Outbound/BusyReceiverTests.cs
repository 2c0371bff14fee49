using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;
using Endpoint = Parley.Webhooks.Endpoints.Endpoint;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>A receiver that says when it wants to be asked again is asked then, whatever else waits for it, and is not taken for ill.</summary>
public sealed class BusyReceiverTests : NodeWithReceiver
{
    /// <summary>No request is to time out because the test lets time pass while it is under way.</summary>
    private const int Patient = 3600;

    private readonly ConcurrentQueue<DateTimeOffset> _asked = new();

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(10, false)]
    public async Task A_receiver_that_takes_five_a_second_gets_a_burst_without_being_taken_for_ill(int concurrency, bool ordered)
    {
        const int Count = 50;
        var endpoint = await Node.AddEndpointAsync(Receiver, endpoint => endpoint with { Concurrency = concurrency, Ordered = ordered, TimeoutSeconds = Patient });
        var gate = new Lock();
        var (taken, early, since, busyUntil) = (0, 0, DateTimeOffset.MinValue, DateTimeOffset.MinValue);
        Receiver.Answer(context =>
        {
            lock (gate)
            {
                var now = Node.Time.GetUtcNow();
                early += now < busyUntil ? 1 : 0;
                if (now >= since.AddSeconds(1))
                    (taken, since) = (0, now);
                if (++taken > 5)
                {
                    busyUntil = since.AddSeconds(1);
                    Refuse(context, 1);
                }
            }

            return Task.CompletedTask;
        });
        var sent = new List<string>();
        for (var index = 0; index < Count; index++)
            sent.Add((await Node.SendAsync()).Id);

        var received = new HashSet<string>();
        await Node.PassUntilAsync(TimeSpan.FromSeconds(0.25), () =>
        {
            while (Receiver.Waiting > 0)
                received.Add(Receiver.NextAsync().Result.Id);
            return received.Count == Count;
        });
        foreach (var id in sent)
            await SucceededAsync(id, endpoint);

        // Those under way at once may all be told so; after that nothing comes before its time.
        if (concurrency == 1)
            Assert.Equal(0, early);
        Assert.Equal((null, 1), (await ReadAsync(endpoint) is var now ? now.FailingSince : null, now.Revision));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(3600)]
    public async Task Nothing_is_sent_before_the_time_for_which_one_message_was_told_to_wait(int seconds)
    {
        const int Count = 50;
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Concurrency = 10, TimeoutSeconds = Patient });
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = Node.Time.GetUtcNow();
        Receiver.Answer(async context =>
        {
            _asked.Enqueue(Node.Time.GetUtcNow());
            await leave.Task;
            if (Node.Time.GetUtcNow() == start)
                Refuse(context, seconds);
        });
        var sent = new List<string>();
        for (var index = 0; index < Count; index++)
            sent.Add((await Node.SendAsync()).Id);
        await Receiver.NextAsync(10);
        leave.SetResult();
        await Eventually.BecomesAsync(
            () => Node.Store.ListDeliveriesAsync(new DeliveryQuery { Endpoint = endpoint.Id, Limit = Count }).AsTask(),
            static page => page.Items.Count(static delivery => delivery.LastStatus == 503) == 10);
        if (seconds > 60)
            await Eventually.BecomesAsync(() => Task.FromResult(Node.Services.GetRequiredService<Dispatcher>().Depth), static depth => depth == 0);
        sent.Add((await Node.SendAsync()).Id);

        Node.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        await Node.PassUntilAsync(TimeSpan.FromSeconds(0.25), () => _asked.Count >= Count + 11);
        foreach (var id in sent)
            await SucceededAsync(id, endpoint);

        Assert.All(_asked.Skip(10), time => Assert.InRange((time - start).TotalSeconds, seconds, double.MaxValue));
        Assert.Equal(Count + 11, _asked.Count);
        Assert.Null((await ReadAsync(endpoint)).FailingSince);
    }

    [Fact]
    public async Task A_retry_by_hand_does_not_wait()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Concurrency = 1 });
        Receiver.Answer(429, ("Retry-After", "3600"));
        var first = (await Node.SendAsync()).Id;
        await Node.DeliveryAsync(first, endpoint, DeliveryState.Waiting);
        var second = (await Node.SendAsync()).Id;
        await Receiver.NextAsync();
        Receiver.Answer(200);

        Node.Services.GetRequiredService<Dispatcher>().Renew(Node.Application, endpoint.Id);

        Assert.Equal(second, (await Receiver.NextAsync()).Id);
        Assert.Equal(DeliveryState.Waiting, (await Node.Store.ReadDeliveryAsync(WebhookNode.Key(first, endpoint)))!.State);
    }

    private static void Refuse(HttpContext context, int seconds)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Lets further time pass for those that the receiver has refused.</summary>
    private Task<Delivery> SucceededAsync(string message, Endpoint endpoint) => Eventually.BecomesAsync(
        async () =>
        {
            var delivery = (await Node.Store.ReadDeliveryAsync(WebhookNode.Key(message, endpoint)))!;
            if (delivery.State is not DeliveryState.Succeeded)
                Node.Time.Advance(TimeSpan.FromSeconds(0.25));
            return delivery;
        },
        static delivery => delivery.State is DeliveryState.Succeeded);

    private async Task<Endpoint> ReadAsync(Endpoint endpoint) => (await Node.Store.ReadAsync(ResourceKind.Endpoint, endpoint.Id))!.ToEndpoint();
}
