using System.Text;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Specifications.Webhooks;

public abstract partial class WebhookStoreSpecification
{
    [Fact]
    public async Task What_is_due_is_claimed_once_with_its_message()
    {
        var endpoint = await AddEndpointAsync();
        var message = await AcceptAsync(endpoint);

        var claim = await ClaimAsync(endpoint);

        var claimed = Assert.Single(claim.Deliveries);
        Assert.Equal(new DeliveryKey(message.Id, endpoint), claimed.Delivery.Key);
        Assert.Equal((DeliveryState.Sending, 1L, 0, _application),
            (claimed.Delivery.State, claimed.Delivery.Fence, claimed.Delivery.Attempts, claimed.Delivery.Application));
        Assert.Equal(Encoding.UTF8.GetString(message.Payload.Span), Encoding.UTF8.GetString(claimed.Message!.Payload.Span));
        Assert.Empty((await ClaimAsync(endpoint)).Deliveries);
    }

    [Fact]
    public async Task A_delivery_that_was_leased_when_it_was_accepted_is_not_claimed_beside()
    {
        var endpoint = await AddEndpointAsync();
        var message = NewMessage();
        await _store.AcceptAsync(new Acceptance(message, [new NewDelivery(endpoint, Now + Lease, IsLeased: true)]));

        Assert.Empty((await ClaimAsync(endpoint)).Deliveries);
        Assert.True(await CompleteAsync(new Delivery { Key = new(message.Id, endpoint), Application = _application, Fence = 1 }, DeliveryState.Succeeded));
        Assert.Equal(DeliveryState.Succeeded, (await DeliveryAsync(message.Id, endpoint)).State);
    }

    [Fact]
    public async Task Those_due_longest_come_first_and_no_more_than_asked_for()
    {
        var endpoint = await AddEndpointAsync();
        var messages = new List<Message>();
        for (var index = 0; index < 5; index++)
        {
            messages.Add(await AcceptAsync(endpoint));
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        var first = await ClaimAsync(endpoint, limit: 2);
        var second = await ClaimAsync(endpoint, limit: 10);

        Assert.Equal(messages.Select(static message => message.Id),
            first.Deliveries.Concat(second.Deliveries).Select(static claimed => claimed.Delivery.Key.Message));
        Assert.Equal(messages[2].AcceptedAt, first.NextDue);
    }

    [Fact]
    public async Task No_more_payload_is_claimed_than_asked_for_and_at_least_one()
    {
        var endpoint = await AddEndpointAsync();
        for (var index = 0; index < 3; index++)
            await AcceptAsync(NewMessage($"\"{new string('x', 1000)}\""), endpoint);

        Assert.Equal(2, (await ClaimAsync(endpoint, maxBytes: 2500)).Deliveries.Count);
        Assert.Single((await ClaimAsync(endpoint, maxBytes: 1)).Deliveries);
    }

    [Fact]
    public async Task What_is_due_later_says_when()
    {
        var endpoint = await AddEndpointAsync();
        var message = NewMessage() with { DeliverAt = Now.AddMinutes(5) };
        await AcceptAsync(message, endpoint);

        var claim = await ClaimAsync(endpoint);
        Assert.Empty(claim.Deliveries);
        Assert.Equal(message.DeliverAt, claim.NextDue);

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Single((await ClaimAsync(endpoint)).Deliveries);
    }

    [Fact]
    public async Task A_result_is_recorded_with_its_attempt()
    {
        var endpoint = await AddEndpointAsync();
        var message = await AcceptAsync(endpoint);
        var leased = (await ClaimAsync(endpoint)).Deliveries[0].Delivery;
        var exchange = new Exchange
        {
            Method = "POST",
            Url = "https://example.com/",
            RequestHeaders = [new("webhook-id", "msg_1")],
            ResponseHeaders = [new("content-type", "text/plain"), new("content-type", "twice")],
            ResponseBody = "thänk you",
            IsResponseBodyCut = true,
            Detail = "fine",
        };

        Assert.True(await _store.CompleteAsync(new Completion
        {
            Key = leased.Key,
            Fence = leased.Fence,
            State = DeliveryState.Succeeded,
            Now = Now,
            Attempt = new Attempt
            {
                Key = leased.Key,
                Number = 1,
                StartedAt = Now,
                Duration = TimeSpan.FromMilliseconds(12.5),
                Status = 204,
                Exchange = exchange,
            },
        }));
        await ReopenAsync();

        var delivery = await DeliveryAsync(message.Id, endpoint);
        Assert.Equal((DeliveryState.Succeeded, null, 1, 204, null),
            (delivery.State, delivery.DueAt, delivery.Attempts, delivery.LastStatus, delivery.LastError));
        var attempt = Assert.Single(await _store.ListAttemptsAsync(delivery.Key, int.MaxValue, 10));
        Assert.Equal((1, Now, TimeSpan.FromMilliseconds(12.5), 204, null),
            (attempt.Number, attempt.StartedAt, attempt.Duration, attempt.Status, attempt.Error));
        Assert.Equivalent(exchange, attempt.Exchange, strict: true);
        Assert.Empty((await ClaimAsync(endpoint)).Deliveries);
        Assert.Null((await ClaimAsync(endpoint)).NextDue);
    }

    [Fact]
    public async Task One_that_failed_is_due_again_when_its_time_has_come()
    {
        var endpoint = await AddEndpointAsync();
        await AcceptAsync(endpoint);
        var leased = (await ClaimAsync(endpoint)).Deliveries[0].Delivery;

        await CompleteAsync(leased, DeliveryState.Waiting, after: TimeSpan.FromSeconds(5), DeliveryError.Status, status: 500, step: 1);

        Assert.Equal(Now.AddSeconds(5), (await ClaimAsync(endpoint)).NextDue);
        _time.Advance(TimeSpan.FromSeconds(5));
        var again = Assert.Single((await ClaimAsync(endpoint)).Deliveries).Delivery;
        Assert.Equal((1, 1, 500, DeliveryError.Status, 2L), (again.Attempts, again.Step, again.LastStatus, again.LastError, again.Fence));
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_taken_over_and_shows_as_interrupted()
    {
        var endpoint = await AddEndpointAsync();
        var message = await AcceptAsync(endpoint);
        var lost = (await ClaimAsync(endpoint)).Deliveries[0].Delivery;
        _time.Advance(Lease);

        var taken = Assert.Single((await ClaimAsync(endpoint)).Deliveries).Delivery;

        Assert.Equal((1, 1, 2L), (taken.Attempts, taken.Step, taken.Fence));
        Assert.Equal(1, (await DeliveryAsync(message.Id, endpoint)).Step);
        var interrupted = Assert.Single(await _store.ListAttemptsAsync(taken.Key, int.MaxValue, 10));
        Assert.Equal((1, DeliveryError.Interrupted), (interrupted.Number, interrupted.Error));
        Assert.False(await CompleteAsync(lost, DeliveryState.Failed, error: DeliveryError.Timeout));
        Assert.Equal(DeliveryState.Sending, (await DeliveryAsync(message.Id, endpoint)).State);
        Assert.True(await CompleteAsync(taken, DeliveryState.Succeeded, status: 200));
        Assert.Equal(2, (await DeliveryAsync(message.Id, endpoint)).Attempts);
    }

    [Fact]
    public async Task A_result_counts_once()
    {
        var endpoint = await AddEndpointAsync();
        await AcceptAsync(endpoint);
        var leased = (await ClaimAsync(endpoint)).Deliveries[0].Delivery;

        Assert.True(await CompleteAsync(leased, DeliveryState.Succeeded, status: 200));
        Assert.False(await CompleteAsync(leased, DeliveryState.Failed, status: 500));

        Assert.Equal(DeliveryState.Succeeded, (await DeliveryAsync(leased.Key.Message, endpoint)).State);
    }

    [Fact]
    public async Task What_a_lost_lease_did_is_kept_in_place_of_its_interruption()
    {
        var endpoint = await AddEndpointAsync();
        await AcceptAsync(endpoint);
        var lost = (await ClaimAsync(endpoint)).Deliveries[0].Delivery;
        _time.Advance(Lease);
        var taken = (await ClaimAsync(endpoint)).Deliveries[0].Delivery;

        Assert.False(await CompleteAsync(lost, DeliveryState.Waiting, TimeSpan.FromHours(1), DeliveryError.Status, status: 500));
        Assert.False(await CompleteAsync(lost, DeliveryState.Succeeded, status: 200)); // only an interruption gives way
        Assert.True(await CompleteAsync(taken, DeliveryState.Succeeded, status: 204));

        var attempts = await _store.ListAttemptsAsync(taken.Key, int.MaxValue, 10);
        Assert.Equal(
            [(2, 204, null), (1, 500, DeliveryError.Status)],
            attempts.Select(static attempt => (attempt.Number, attempt.Status, attempt.Error)).ToArray());
    }

    [Fact]
    public async Task Deliveries_of_an_endpoint_are_cancelled_in_parts_but_for_those_being_sent()
    {
        var endpoint = await AddEndpointAsync();
        var messages = new[] { await AcceptAsync(endpoint), await AcceptAsync(endpoint), await AcceptAsync(endpoint), await AcceptAsync(endpoint) };
        var sending = (await ClaimAsync(endpoint, limit: 1)).Deliveries[0].Delivery;

        Assert.Equal(2, await _store.CancelAsync(endpoint, DeliveryError.EndpointDeleted, Now, 2));
        Assert.Equal(1, await _store.CancelAsync(endpoint, DeliveryError.EndpointDeleted, Now, 2));

        Assert.Equal(DeliveryState.Sending, (await DeliveryAsync(sending.Key.Message, endpoint)).State);
        foreach (var message in messages.Where(message => message.Id != sending.Key.Message))
        {
            var delivery = await DeliveryAsync(message.Id, endpoint);
            Assert.Equal((DeliveryState.Cancelled, DeliveryError.EndpointDeleted, null), (delivery.State, delivery.LastError, delivery.DueAt));
        }
    }

    [Fact]
    public async Task An_attempt_that_was_interrupted_shows_also_when_its_delivery_is_cancelled()
    {
        var endpoint = await AddEndpointAsync();
        var (message, untried) = (await AcceptAsync(endpoint), await AcceptAsync(endpoint));
        var leased = (await ClaimAsync(endpoint, limit: 1)).Deliveries[0].Delivery;
        _time.Advance(Lease);

        Assert.Equal(2, await _store.CancelAsync(endpoint, DeliveryError.EndpointDisabled, Now, 10));

        var attempt = Assert.Single(await _store.ListAttemptsAsync(leased.Key, int.MaxValue, 10));
        Assert.Equal((1, DeliveryError.Interrupted, Now - Lease), (attempt.Number, attempt.Error, attempt.StartedAt));
        Assert.Equal((DeliveryState.Cancelled, 1), await StateAsync(message));
        Assert.Equal((DeliveryState.Cancelled, 0), await StateAsync(untried));

        // What came of it in the end stands in its place, and a further attempt behind it.
        Assert.False(await CompleteAsync(leased, DeliveryState.Succeeded));
        Assert.Null(Assert.Single(await _store.ListAttemptsAsync(leased.Key, int.MaxValue, 10)).Error);
        await RetryAsync(RetryScope.All, leased.Key);
        var again = (await ClaimAsync(endpoint)).Deliveries[0].Delivery;
        Assert.Equal((1, 3L), (again.Attempts, again.Fence));
        await CompleteAsync(again, DeliveryState.Succeeded);
        Assert.Equal([2, 1], (await _store.ListAttemptsAsync(leased.Key, int.MaxValue, 10)).Select(static one => one.Number));

        async Task<(DeliveryState, int)> StateAsync(Message of) => await DeliveryAsync(of.Id, endpoint) is var delivery ? (delivery.State, delivery.Attempts) : default;
    }
}
