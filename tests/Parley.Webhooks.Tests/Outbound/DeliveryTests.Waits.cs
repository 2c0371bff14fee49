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
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [5] });
        _receiver.Answer(status, ("Retry-After", retryAfter));
        var receipt = await _node.SendAsync();

        var waiting = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);

        var wait = (waiting.DueAt!.Value - _node.Time.GetUtcNow()).TotalSeconds;
        if (seconds == 5)
            Assert.InRange(wait, 4.5, 5.5);
        else
            Assert.Equal(seconds, wait, 0.01);
    }

    [Fact]
    public async Task A_short_wait_is_obeyed_also_behind_a_retry_by_hand_of_what_was_tried_often()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [.. Enumerable.Repeat(10, 13)] });
        _receiver.Answer(500);
        var receipt = await _node.SendAsync();
        for (var attempt = 1; attempt <= 14; attempt++)
        {
            await TriedAsync(attempt);
            _node.Time.Advance(TimeSpan.FromSeconds(11));
        }

        _receiver.Answer(429, ("Retry-After", "2"));
        await _node.Store.RetryAsync(new RetryRequest
        {
            Application = _node.Application,
            Keys = [WebhookNode.Key(receipt.Id, endpoint)],
            Now = _node.Time.GetUtcNow(),
            Trigger = AttemptTrigger.Manual,
        });
        _node.Services.GetRequiredService<Dispatcher>().Renew(_node.Application, endpoint.Id);

        var waiting = await TriedAsync(15);
        Assert.Equal((0, 1), (waiting.Step, waiting.Waits));
        Assert.Equal(2, (waiting.DueAt!.Value - _node.Time.GetUtcNow()).TotalSeconds, 0.01);

        Task<Delivery> TriedAsync(int attempts) => Eventually.BecomesAsync(
            async () => (await _node.Store.ReadDeliveryAsync(WebhookNode.Key(receipt.Id, endpoint)))!,
            delivery => delivery.Attempts == attempts && delivery.State is not DeliveryState.Sending);
    }

    [Fact]
    public async Task A_date_to_wait_for_is_obeyed_too()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver);
        var date = _node.Time.GetUtcNow().AddMinutes(10);
        _receiver.Answer(503, ("Retry-After", date.ToString("r")));
        var receipt = await _node.SendAsync();

        var waiting = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);

        Assert.InRange((waiting.DueAt!.Value - date).TotalSeconds, -1, 0.01);
    }
}
