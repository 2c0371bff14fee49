using Parley.Webhooks.Deliveries;

namespace Parley.Specifications.Webhooks;

public abstract partial class WebhookStoreSpecification
{
    [Fact]
    public async Task In_order_nothing_overtakes_what_waits()
    {
        var endpoint = await AddEndpointAsync();
        var first = await AcceptAsync(endpoint);
        var second = await AcceptAsync(endpoint);
        var head = Assert.Single((await ClaimAsync(endpoint, limit: 1, isOrdered: true)).Deliveries).Delivery;
        Assert.Equal(first.Id, head.Key.Message);
        Assert.Empty((await ClaimAsync(endpoint, isOrdered: true)).Deliveries);

        await CompleteAsync(head, DeliveryState.Waiting, after: TimeSpan.FromSeconds(5), DeliveryError.Status, status: 500);
        var blocked = await ClaimAsync(endpoint, isOrdered: true);
        Assert.Empty(blocked.Deliveries);
        Assert.Equal(Now.AddSeconds(5), blocked.NextDue);
        _time.Advance(TimeSpan.FromSeconds(5));
        var third = await AcceptAsync(endpoint);

        Assert.Equal([first.Id, second.Id, third.Id], (await ClaimAsync(endpoint, isOrdered: true)).Deliveries.Select(static claimed => claimed.Delivery.Key.Message));
    }

    [Fact]
    public async Task In_order_what_is_to_be_sent_later_holds_up_nobody()
    {
        var endpoint = await AddEndpointAsync();
        for (var index = 0; index < 5; index++)
            await AcceptAsync(NewMessage() with { DeliverAt = Now.AddHours(1) }, endpoint);
        var second = await AcceptAsync(endpoint);

        Assert.Equal([second.Id], (await ClaimAsync(endpoint, limit: 1, isOrdered: true)).Deliveries.Select(static claimed => claimed.Delivery.Key.Message));
    }

    [Fact]
    public async Task In_order_several_to_be_sent_later_hold_up_nobody_when_one_is_claimed_at_a_time()
    {
        var endpoint = await AddEndpointAsync();
        for (var index = 0; index < 3; index++)
            await AcceptAsync(NewMessage() with { DeliverAt = Now.AddHours(1) }, endpoint);
        var due = await AcceptAsync(endpoint);
        var behind = await AcceptAsync(endpoint);

        Assert.Equal(due.Id, Assert.Single((await ClaimAsync(endpoint, limit: 1, isOrdered: true)).Deliveries).Delivery.Key.Message);
        var blocked = await ClaimAsync(endpoint, limit: 1, isOrdered: true);
        Assert.Empty(blocked.Deliveries);
        Assert.InRange(blocked.NextDue!.Value, Now.AddMilliseconds(1), Now + Lease); // a store of several nodes has it looked for sooner
        _time.Advance(Lease);
        Assert.Equal([due.Id, behind.Id], (await ClaimAsync(endpoint, isOrdered: true)).Deliveries.Select(static claimed => claimed.Delivery.Key.Message));
    }
}
