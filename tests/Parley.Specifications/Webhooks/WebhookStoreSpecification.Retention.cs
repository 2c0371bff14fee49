using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Specifications.Webhooks;

public abstract partial class WebhookStoreSpecification
{
    [Fact]
    public async Task What_is_too_old_is_dropped_in_parts_when_it_is_done()
    {
        var endpoint = await AddEndpointAsync();
        var done = new List<Message>();
        for (var index = 0; index < 3; index++)
            done.Add(await AcceptAsync(endpoint));
        foreach (var claimed in (await ClaimAsync(endpoint)).Deliveries)
            await CompleteAsync(claimed.Delivery, DeliveryState.Succeeded, status: 200);
        var outstanding = await AcceptAsync(endpoint);
        _time.Advance(TimeSpan.FromDays(1));
        var young = await AcceptAsync(endpoint);

        await DropAllAsync(new RetentionRequest(Now.AddHours(-1), Now.AddHours(-1), Limit: 2));

        foreach (var message in done)
        {
            Assert.Null(await _store.ReadMessageAsync(_application, message.Id));
            Assert.Null(await _store.ReadDeliveryAsync(new DeliveryKey(message.Id, endpoint)));
            Assert.Empty(await _store.ListAttemptsAsync(new DeliveryKey(message.Id, endpoint), int.MaxValue, 10));
        }

        Assert.NotNull(await _store.ReadMessageAsync(_application, outstanding.Id));
        Assert.NotNull(await _store.ReadMessageAsync(_application, young.Id));
    }

    [Fact]
    public async Task Attempts_may_go_before_their_message()
    {
        var endpoint = await AddEndpointAsync();
        var message = await AcceptAsync(endpoint);
        await CompleteAsync((await ClaimAsync(endpoint)).Deliveries[0].Delivery, DeliveryState.Succeeded, status: 200);
        _time.Advance(TimeSpan.FromDays(1));

        await DropAllAsync(new RetentionRequest(Now.AddDays(-30), Now.AddHours(-1), Limit: 100));

        Assert.Empty(await _store.ListAttemptsAsync(new DeliveryKey(message.Id, endpoint), int.MaxValue, 10));
        Assert.Equal((DeliveryState.Succeeded, 1), ((await DeliveryAsync(message.Id, endpoint)).State, (await DeliveryAsync(message.Id, endpoint)).Attempts));
        Assert.NotNull(await _store.ReadMessageAsync(_application, message.Id));
    }

    [Fact]
    public async Task What_must_stay_does_not_keep_what_is_behind_it()
    {
        var endpoint = await AddEndpointAsync();
        for (var index = 0; index < 5; index++)
            await AcceptAsync(NewMessage() with { DeliverAt = Now.AddYears(1) }, endpoint);
        var behind = await AcceptAsync();
        _time.Advance(TimeSpan.FromDays(1));

        await DropAllAsync(new RetentionRequest(Now, Now, Limit: 2));

        Assert.Null(await _store.ReadMessageAsync(_application, behind.Id));
        Assert.Equal(5, (await _store.ListDeliveriesAsync(new DeliveryQuery { Endpoint = endpoint, Limit = 10 })).Count);
    }

    private async Task DropAllAsync(RetentionRequest request)
    {
        for (var round = 0; round < 100; round++)
        {
            if (!await _store.DropAsync(request))
                return;
        }

        Assert.Fail("It drops without an end.");
    }
}
