using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Specifications.Webhooks;

public abstract partial class WebhookStoreSpecification
{
    [Fact]
    public async Task A_retry_brings_back_what_was_given_up_and_hastens_what_waits()
    {
        var endpoint = await AddEndpointAsync();
        await AcceptAsync(endpoint);
        await AcceptAsync(endpoint);
        var claimed = (await ClaimAsync(endpoint)).Deliveries.Select(static one => one.Delivery).ToArray();
        await CompleteAsync(claimed[0], DeliveryState.Failed, error: DeliveryError.Status, status: 500, step: 9);
        await CompleteAsync(claimed[1], DeliveryState.Waiting, after: TimeSpan.FromHours(1), DeliveryError.Status, status: 500, step: 3);

        var retried = await RetryAsync(RetryScope.All, claimed[0].Key, claimed[1].Key, new DeliveryKey(Guid.NewGuid(), endpoint));

        Assert.Equal([claimed[0].Key, claimed[1].Key], retried);
        var again = (await ClaimAsync(endpoint)).Deliveries;
        Assert.Equal(2, again.Count);
        Assert.All(again, static one => Assert.Equal((0, 1, AttemptTrigger.Manual), (one.Delivery.Step, one.Delivery.Attempts, one.Delivery.Trigger)));
        Assert.Empty(await RetryAsync(RetryScope.All, claimed[0].Key)); // is being sent
    }

    [Fact]
    public async Task The_short_waits_that_a_receiver_asked_for_are_counted_until_a_retry()
    {
        var endpoint = await AddEndpointAsync();
        await AcceptAsync(endpoint);
        var leased = await ClaimOneAsync();
        foreach (var waits in new[] { 1, 2 })
        {
            Assert.True(await _store.CompleteAsync(new Completion
            {
                Key = leased.Key,
                Fence = leased.Fence,
                State = DeliveryState.Waiting,
                DueAt = Now,
                Waits = waits,
                Now = Now,
            }));
            Assert.Equal(waits, (await DeliveryAsync(leased.Key.Message, endpoint)).Waits);
            leased = await ClaimOneAsync();
            Assert.Equal(waits, leased.Waits);
        }

        await CompleteAsync(leased, DeliveryState.Failed);
        await RetryAsync(RetryScope.Final, leased.Key);

        Assert.Equal(0, (await ClaimOneAsync()).Waits);

        async Task<Delivery> ClaimOneAsync() => (await ClaimAsync(endpoint)).Deliveries.Single().Delivery;
    }

    [Fact]
    public async Task A_retry_of_final_deliveries_leaves_the_others_to_their_schedule()
    {
        var endpoint = await AddEndpointAsync();
        await AcceptAsync(endpoint);
        await AcceptAsync(endpoint);
        var claimed = (await ClaimAsync(endpoint)).Deliveries.Select(static one => one.Delivery).ToList();
        await CompleteAsync(claimed[0], DeliveryState.Succeeded, status: 200);
        await CompleteAsync(claimed[1], DeliveryState.Waiting, after: TimeSpan.FromHours(1), DeliveryError.Status, status: 500, step: 3);

        Assert.Equal([claimed[0].Key], await RetryAsync(RetryScope.Final, claimed[0].Key, claimed[1].Key));
        Assert.Empty(await RetryAsync(RetryScope.None, claimed[0].Key, claimed[1].Key));

        Assert.Equal([claimed[0].Key], (await ClaimAsync(endpoint)).Deliveries.Select(static one => one.Delivery.Key));
    }

    [Fact]
    public async Task A_retry_makes_deliveries_that_are_missing_when_it_is_asked_to()
    {
        var (endpoint, stranger) = (await AddEndpointAsync(), (await AddApplicationAsync()).Id);
        var message = await AcceptAsync();
        var key = new DeliveryKey(message.Id, endpoint);
        var request = new RetryRequest { Application = _application, Keys = [key], Now = Now, Trigger = AttemptTrigger.Replay, Scope = RetryScope.None };

        Assert.Empty(await _store.RetryAsync(request));
        Assert.Empty(await _store.RetryAsync(request with { AddMissing = true, Application = stranger }));
        Assert.Equal([key], await _store.RetryAsync(request with { AddMissing = true }));
        Assert.Empty(await _store.RetryAsync(request with { AddMissing = true }));
        Assert.Empty(await _store.RetryAsync(request with { AddMissing = true, Keys = [new DeliveryKey(Guid.NewGuid(), endpoint)] }));

        Assert.Equal((endpoint, _application), Assert.Single((await _store.ListDueAsync()).Select(static due => (due.Endpoint, due.Application))));
        var claimed = Assert.Single((await ClaimAsync(endpoint)).Deliveries);
        Assert.Equal((key, 0, AttemptTrigger.Replay), (claimed.Delivery.Key, claimed.Delivery.Attempts, claimed.Delivery.Trigger));
    }

    [Fact]
    public async Task A_retry_of_what_was_withheld_brings_back_what_its_endpoints_state_cancelled_and_nothing_else()
    {
        var endpoint = await AddEndpointAsync();
        for (var index = 0; index < 5; index++)
            await AcceptAsync(endpoint);
        var keys = new List<DeliveryKey>();
        foreach (var (state, error) in new (DeliveryState, DeliveryError?)[]
        {
            (DeliveryState.Cancelled, DeliveryError.EndpointDisabled), (DeliveryState.Cancelled, DeliveryError.EndpointPending),
            (DeliveryState.Cancelled, DeliveryError.Expired), (DeliveryState.Cancelled, DeliveryError.TransformationCancelled), (DeliveryState.Succeeded, null),
        })
        {
            var leased = Assert.Single((await ClaimAsync(endpoint, limit: 1)).Deliveries).Delivery;
            await CompleteAsync(leased, state, error: error);
            keys.Add(leased.Key);
        }

        var waiting = await AcceptAsync(endpoint);
        await CompleteAsync((await ClaimAsync(endpoint)).Deliveries[0].Delivery, DeliveryState.Waiting, TimeSpan.FromHours(1), DeliveryError.Status, status: 500);
        keys.Add(new DeliveryKey(waiting.Id, endpoint));
        var backlog = await AcceptAsync(endpoint);
        Assert.Equal(2, await _store.CancelAsync(endpoint, DeliveryError.EndpointDisabled, Now, limit: 10));
        keys.Add(new DeliveryKey(backlog.Id, endpoint));

        var retried = await RetryAsync(RetryScope.Withheld, [.. keys]);

        DeliveryKey[] withheld = [keys[0], keys[1], keys[5], keys[6]];
        Assert.Equal(withheld, retried);
        Assert.Equal(withheld.ToHashSet(), (await ClaimAsync(endpoint)).Deliveries.Select(static one => one.Delivery.Key).ToHashSet());
        Assert.Empty(await RetryAsync(RetryScope.Withheld, [.. keys])); // are being sent
    }

    [Fact]
    public async Task A_notice_is_accepted_with_the_outcome_and_not_without_it()
    {
        var (endpoint, listener) = (await AddEndpointAsync(), await AddEndpointAsync());
        await AcceptAsync(endpoint);
        var leased = (await ClaimAsync(endpoint)).Deliveries[0].Delivery;
        var notice = NewMessage(uid: "exhausted:1", type: "message.exhausted");
        var completion = new Completion
        {
            Key = leased.Key,
            Fence = leased.Fence,
            State = DeliveryState.Failed,
            Now = Now,
            Notice = new Acceptance(notice, [new NewDelivery(listener, Now, IsLeased: false)]),
        };

        Assert.False(await _store.CompleteAsync(completion with { Fence = leased.Fence + 1 }));
        Assert.Null(await _store.ReadMessageAsync(_application, notice.Id));
        Assert.True(await _store.CompleteAsync(completion));

        Assert.Equal(notice.Id, (await ClaimAsync(listener)).Deliveries[0].Message!.Id);
    }

    private async Task<IReadOnlyList<DeliveryKey>> RetryAsync(RetryScope scope, params DeliveryKey[] keys) => await _store.RetryAsync(
        new RetryRequest
        {
            Application = _application,
            Keys = keys,
            Now = Now,
            Trigger = AttemptTrigger.Manual,
            Scope = scope,
        });
}
