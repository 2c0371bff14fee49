using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound;

/// <content>What a receiver that is asked later wants.</content>
public sealed partial class DeliveryTests
{
    [Theory]
    [InlineData(429, "120", 120)]
    [InlineData(503, "120", 120)]
    [InlineData(503, "31536000", 86400)]
    [InlineData(429, "-5", 5)]
    [InlineData(429, "junk", 5)]
    [InlineData(500, "120", 5)]
    public async Task What_the_receiver_asks_to_wait_is_obeyed(int status, string retryAfter, int seconds)
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [5] });
        Receiver.Answer(status, ("Retry-After", retryAfter));
        var receipt = await Node.SendAsync();

        var waiting = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);

        var wait = (waiting.DueAt!.Value - Node.Time.GetUtcNow()).TotalSeconds;
        if (seconds == 5)
            Assert.InRange(wait, 4.5, 5.5);
        else
            Assert.Equal(seconds, wait, 0.01);
    }

    [Fact]
    public async Task A_short_wait_is_obeyed_also_behind_a_retry_by_hand_of_what_was_tried_often()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [.. Enumerable.Repeat(10, 13)] });
        Receiver.Answer(500);
        var receipt = await Node.SendAsync();
        for (var attempt = 1; attempt <= 14; attempt++)
        {
            await TriedAsync(attempt);
            Node.Time.Advance(TimeSpan.FromSeconds(11));
        }

        Receiver.Answer(429, ("Retry-After", "2"));
        await Node.Store.RetryAsync(new RetryRequest
        {
            Application = Node.Application,
            Keys = [WebhookNode.Key(receipt.Id, endpoint)],
            Now = Node.Time.GetUtcNow(),
            Trigger = AttemptTrigger.Manual,
        });
        Node.Services.GetRequiredService<Dispatcher>().Renew(Node.Application, endpoint.Id);

        var waiting = await TriedAsync(15);
        Assert.Equal((0, 1), (waiting.Step, waiting.Waits));
        Assert.Equal(2, (waiting.DueAt!.Value - Node.Time.GetUtcNow()).TotalSeconds, 0.01);

        Task<Delivery> TriedAsync(int attempts) => Eventually.BecomesAsync(
            async () => (await Node.Store.ReadDeliveryAsync(WebhookNode.Key(receipt.Id, endpoint)))!,
            delivery => delivery.Attempts == attempts && delivery.State is not DeliveryState.Sending);
    }

    [Fact]
    public async Task A_date_to_wait_for_is_obeyed_too()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver);
        var date = Node.Time.GetUtcNow().AddMinutes(10);
        Receiver.Answer(503, ("Retry-After", date.ToString("r")));
        var receipt = await Node.SendAsync();

        var waiting = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);

        Assert.InRange((waiting.DueAt!.Value - date).TotalSeconds, -1, 0.01);
    }
}
