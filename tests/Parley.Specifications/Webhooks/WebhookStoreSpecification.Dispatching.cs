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
        Assert.False(await CompleteAsync(leased, DeliveryState.Succeeded));

        async Task<(DeliveryState, int)> StateAsync(Message of) => await DeliveryAsync(of.Id, endpoint) is var delivery ? (delivery.State, delivery.Attempts) : default;
    }

    [Fact]
    public async Task Endpoints_with_work_are_listed_with_when_it_is_due()
    {
        var (busy, later, done) = (await AddEndpointAsync(), await AddEndpointAsync(), await AddEndpointAsync());
        await AcceptAsync(busy, done);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AcceptAsync(busy);
        var message = NewMessage() with { DeliverAt = Now.AddHours(1) };
        await AcceptAsync(message, later);
        await CompleteAsync((await ClaimAsync(done)).Deliveries[0].Delivery, DeliveryState.Succeeded);

        var due = await _store.ListDueAsync();

        Assert.Equal(
            new[] { (_application, busy, Now.AddSeconds(-1)), (_application, later, Now.AddHours(1)) }.OrderBy(static one => one.Item2),
            due.Select(static one => (one.Application, one.Endpoint, one.DueAt)).OrderBy(static one => one.Endpoint));
    }

    [Fact]
    public async Task The_backlog_says_what_is_outstanding_and_since_when()
    {
        Assert.Equal(new Backlog(null, 0), await _store.ReadBacklogAsync(Now));
        var endpoint = await AddEndpointAsync();
        var first = await AcceptAsync(endpoint);
        _time.Advance(TimeSpan.FromSeconds(30));
        await AcceptAsync(endpoint);

        Assert.Equal(new Backlog(first.AcceptedAt, 2), await _store.ReadBacklogAsync(Now));
        await ClaimAsync(endpoint);
        Assert.Equal(new Backlog(null, 2), await _store.ReadBacklogAsync(Now)); // taken
    }

    [Fact]
    public async Task Deliveries_are_listed_newest_first_by_endpoint_state_and_time()
    {
        var (one, other) = (await AddEndpointAsync(), await AddEndpointAsync());
        var first = await AcceptAsync(one, other);
        _time.Advance(TimeSpan.FromMinutes(1));
        var second = await AcceptAsync(one);
        _time.Advance(TimeSpan.FromMinutes(1));
        var third = await AcceptAsync(one);
        foreach (var claimed in (await ClaimAsync(one, limit: 2)).Deliveries)
            await CompleteAsync(claimed.Delivery, DeliveryState.Failed, error: DeliveryError.Dns);

        Assert.Equal([third.Id, second.Id, first.Id], await MessagesAsync(query => query));
        Assert.Equal([second.Id, first.Id], await MessagesAsync(static query => query with { State = DeliveryState.Failed }));
        Assert.Equal([third.Id], await MessagesAsync(static query => query with { State = DeliveryState.Pending }));
        Assert.Equal([third.Id, second.Id], await MessagesAsync(query => query with { Since = second.AcceptedAt }));
        Assert.Equal([first.Id], await MessagesAsync(query => query with { Until = second.AcceptedAt }));
        Assert.Equal([second.Id], await MessagesAsync(query => query with { Cursor = new DeliveryKey(third.Id, one), Limit = 1 }));
        Assert.Equal([second.Id], await MessagesAsync(query => query with { Cursor = new DeliveryKey(first.Id, one), IsOldestFirst = true, Limit = 1 }));

        async Task<IEnumerable<Guid>> MessagesAsync(Func<DeliveryQuery, DeliveryQuery> change) =>
            (await _store.ListDeliveriesAsync(change(new DeliveryQuery { Endpoint = one, Limit = 10 }))).Items.Select(static delivery => delivery.Key.Message);
    }

    [Theory]
    [InlineData(nameof(DeliveryState.Succeeded))]
    [InlineData(nameof(DeliveryState.Failed))]
    [InlineData(nameof(DeliveryState.Pending))]
    public async Task Deliveries_of_a_state_are_listed_to_their_end_page_by_page(string state)
    {
        var endpoint = await AddEndpointAsync();
        var states = new Dictionary<Guid, DeliveryState>();
        for (var index = 0; index < 9; index++)
        {
            var message = await AcceptAsync(endpoint);
            states[message.Id] = new[] { DeliveryState.Failed, DeliveryState.Succeeded, DeliveryState.Pending }[index % 3];
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        foreach (var claimed in (await ClaimAsync(endpoint)).Deliveries)
        {
            var wanted = states[claimed.Delivery.Key.Message];
            await CompleteAsync(claimed.Delivery, wanted, wanted is DeliveryState.Pending ? TimeSpan.FromHours(1) : null);
        }

        var listed = new List<Guid>();
        var query = new DeliveryQuery { Endpoint = endpoint, State = Enum.Parse<DeliveryState>(state), Limit = 2 };
        for (var page = await _store.ListDeliveriesAsync(query); ; page = await _store.ListDeliveriesAsync(query))
        {
            Assert.InRange(page.Items.Count, 0, 2);
            listed.AddRange(page.Items.Select(static delivery => delivery.Key.Message));
            if (page.Next is null)
                break;
            query = query with { Cursor = page.Next };
        }

        Assert.Equal(states.Where(one => one.Value == query.State).Select(static one => one.Key).OrderDescending(), listed);
    }

    [Fact]
    public async Task Attempts_are_listed_newest_first_in_pages()
    {
        var endpoint = await AddEndpointAsync();
        await AcceptAsync(endpoint);
        for (var attempt = 1; attempt <= 3; attempt++)
            await CompleteAsync((await ClaimAsync(endpoint)).Deliveries[0].Delivery, DeliveryState.Waiting, TimeSpan.Zero, DeliveryError.Connect);
        var key = (await ClaimAsync(endpoint)).Deliveries[0].Delivery.Key;

        Assert.Equal([3, 2], (await _store.ListAttemptsAsync(key, int.MaxValue, 2)).Select(static attempt => attempt.Number));
        Assert.Equal([1], (await _store.ListAttemptsAsync(key, 2, 2)).Select(static attempt => attempt.Number));
    }
}
