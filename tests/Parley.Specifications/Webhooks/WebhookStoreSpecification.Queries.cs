using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Specifications.Webhooks;

public abstract partial class WebhookStoreSpecification
{
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
