using System.Text;
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

        await DropAllAsync(new RetentionRequest(Now.AddHours(-1), Now.AddHours(-1), Now, Limit: 2));

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

        await DropAllAsync(new RetentionRequest(Now.AddDays(-30), Now.AddHours(-1), Now, Limit: 100));

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

        await DropAllAsync(new RetentionRequest(Now, Now, Now, Limit: 2));

        Assert.Null(await _store.ReadMessageAsync(_application, behind.Id));
        Assert.Equal(5, (await _store.ListDeliveriesAsync(new DeliveryQuery { Endpoint = endpoint, Limit = 10 })).Items.Count);
    }

    [Fact]
    public async Task A_message_that_is_larger_than_a_part_goes_in_several()
    {
        var endpoints = new List<Guid>();
        for (var index = 0; index < 5; index++)
            endpoints.Add(await AddEndpointAsync());
        var message = await AcceptAsync([.. endpoints]);
        foreach (var endpoint in endpoints)
            await CompleteAsync((await ClaimAsync(endpoint)).Deliveries[0].Delivery, DeliveryState.Succeeded, status: 200);
        _time.Advance(TimeSpan.FromDays(1));
        var request = new RetentionRequest(Now.AddHours(-1), Now.AddDays(-30), Now, Limit: 3);

        Assert.True(await _store.DropAsync(request));

        // A store may also drop a whole day at once, which costs little.
        if (await _store.ReadMessageAsync(_application, message.Id) is not null)
            Assert.InRange(await CountRowsAsync(), 10 - request.Limit, 10);
        await DropAllAsync(request);
        Assert.Null(await _store.ReadMessageAsync(_application, message.Id));
        Assert.Equal(0, await CountRowsAsync());

        async Task<int> CountRowsAsync()
        {
            var rows = (await _store.ListDeliveriesAsync(new DeliveryQuery { Message = message.Id, Limit = 10 })).Items.Count;
            foreach (var endpoint in endpoints)
                rows += (await _store.ListAttemptsAsync(new DeliveryKey(message.Id, endpoint), int.MaxValue, 10)).Count;
            return rows;
        }
    }

    [Fact]
    public async Task Attempts_that_must_stay_do_not_keep_those_behind_them()
    {
        var (stuck, endpoint) = (await AddEndpointAsync(), await AddEndpointAsync());
        for (var index = 0; index < 7; index++)
            await AcceptAsync(stuck);
        foreach (var claimed in (await ClaimAsync(stuck)).Deliveries)
            await CompleteAsync(claimed.Delivery, DeliveryState.Waiting, TimeSpan.FromDays(60), DeliveryError.Status, status: 500);
        _time.Advance(TimeSpan.FromDays(1));
        await AcceptAsync(endpoint);
        var done = (await ClaimAsync(endpoint)).Deliveries[0].Delivery;
        await CompleteAsync(done, DeliveryState.Succeeded, status: 200);
        _time.Advance(TimeSpan.FromDays(1));

        await DropAllAsync(new RetentionRequest(Now.AddDays(-30), Now.AddHours(-1), Now, Limit: 2));

        Assert.Empty(await _store.ListAttemptsAsync(done.Key, int.MaxValue, 10));
        foreach (var delivery in (await _store.ListDeliveriesAsync(new DeliveryQuery { Endpoint = stuck, Limit = 10 })).Items)
            Assert.Single(await _store.ListAttemptsAsync(delivery.Key, int.MaxValue, 10));
    }

    [Fact]
    public async Task Keys_and_replays_go_when_they_are_old_and_nothing_else_does()
    {
        var old = new[] { await AddAsync(ResourceKind.Idempotency, "a"), await AddAsync(ResourceKind.Idempotency, "b"), await AddAsync(ResourceKind.Replay) };
        var kept = new List<Resource> { await AddAsync(ResourceKind.EventType, "a.b"), await AddAsync(ResourceKind.Key, "k") };
        var message = await AcceptAsync(NewMessage());
        await _store.AcceptAsync(new Acceptance(NewMessage("1"), [], "key"));
        _time.Advance(TimeSpan.FromDays(1));
        kept.AddRange([await AddAsync(ResourceKind.Idempotency, "c"), await AddAsync(ResourceKind.Replay)]);
        await _store.AcceptAsync(new Acceptance(NewMessage("2"), [], "young"));

        await DropAllAsync(new RetentionRequest(Now.AddDays(-30), Now.AddHours(-1), Now.AddHours(-1), Limit: 1));

        foreach (var resource in old)
            Assert.Null(await _store.ReadAsync(resource.Kind, resource.Id));
        foreach (var resource in kept)
            Assert.NotNull(await _store.ReadAsync(resource.Kind, resource.Id));
        Assert.NotNull(await _store.ReadMessageAsync(_application, message.Message));
        Assert.Equal(AcceptOutcome.Accepted, (await _store.AcceptAsync(new Acceptance(NewMessage("3"), [], "key"))).Outcome);
        Assert.Equal(AcceptOutcome.Conflict, (await _store.AcceptAsync(new Acceptance(NewMessage("4"), [], "young"))).Outcome);
    }

    [Fact]
    public async Task Large_answers_go_in_small_parts_and_leave_nothing_behind()
    {
        var document = Encoding.UTF8.GetBytes("\"" + new string('x', 100_000) + "\"");
        for (var index = 0; index < 10; index++)
            await AddAsync(ResourceKind.Idempotency, $"{index}", document);
        _time.Advance(TimeSpan.FromDays(1));

        await DropAllAsync(new RetentionRequest(Now.AddDays(-30), Now.AddHours(-1), Now.AddHours(-1), Limit: 5));

        Assert.Empty(await _store.ListAllAsync(ResourceKind.Idempotency, Guid.Empty, 20));
    }

    private async Task<Resource> AddAsync(ResourceKind kind, string? name = null, byte[]? document = null)
    {
        var resource = new Resource { Kind = kind, Id = _ids.Next(), Name = name, Document = document ?? Json("{}") };
        Assert.Equal(ResourceWrite.Done, await _store.AddAsync(resource));
        return resource;
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
