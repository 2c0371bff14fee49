using System.Text;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Specifications.Webhooks;

public abstract partial class WebhookStoreSpecification
{
    [Fact]
    public async Task What_was_accepted_is_there_after_a_restart_with_its_deliveries()
    {
        var (one, other) = (await AddEndpointAsync(), await AddEndpointAsync());
        var message = NewMessage("""{"amount":700,"name":"Ünal"}""", uid: "order-1") with
        {
            Channels = ["eu", "vip"],
            Tags = ["test"],
            DeliverAt = Now.AddMinutes(1),
            ExpiresAt = Now.AddHours(1),
        };

        Assert.Equal(new AcceptResult(AcceptOutcome.Accepted, message.Id), await AcceptAsync(message, one, other));
        await ReopenAsync();

        var read = await _store.ReadMessageAsync(_application, message.Id);
        Assert.NotNull(read);
        Assert.Equal(Encoding.UTF8.GetString(message.Payload.Span), Encoding.UTF8.GetString(read.Payload.Span));
        Assert.Equal(
            (message.EventType, message.Uid, message.AcceptedAt, message.DeliverAt, message.ExpiresAt),
            (read.EventType, read.Uid, read.AcceptedAt, read.DeliverAt, read.ExpiresAt));
        Assert.Equal(message.Channels, read.Channels);
        Assert.Equal(message.Tags, read.Tags);
        var deliveries = await _store.ListDeliveriesAsync(new DeliveryQuery { Message = message.Id, Limit = 10 });
        Assert.Equal(new[] { one, other }.Order(), deliveries.Items.Select(static delivery => delivery.Key.Endpoint).Order());
        Assert.All(deliveries.Items, delivery => Assert.Equal(
            (DeliveryState.Pending, message.DeliverAt, 0), (delivery.State, delivery.DueAt, delivery.Attempts)));
    }

    [Fact]
    public async Task A_message_with_a_uid_is_accepted_once()
    {
        var endpoint = await AddEndpointAsync();
        var first = NewMessage(uid: "order-1");
        await AcceptAsync(first, endpoint);

        Assert.Equal(new AcceptResult(AcceptOutcome.Duplicate, first.Id), await AcceptAsync(NewMessage(uid: "order-1"), endpoint));
        Assert.Equal(new AcceptResult(AcceptOutcome.Conflict, first.Id), await AcceptAsync(NewMessage("""{"n":2}""", uid: "order-1"), endpoint));
        Assert.Equal(new AcceptResult(AcceptOutcome.Conflict, first.Id), await AcceptAsync(NewMessage(uid: "order-1", type: "other"), endpoint));
        Assert.Single((await _store.ListDeliveriesAsync(new DeliveryQuery { Endpoint = endpoint, Limit = 10 })).Items);
    }

    [Fact]
    public async Task The_same_uid_in_another_application_is_another_message()
    {
        await AcceptAsync(NewMessage(uid: "order-1"));
        var other = await AddApplicationAsync();

        var result = await AcceptAsync(NewMessage(uid: "order-1") with { Application = other.Id });

        Assert.Equal(AcceptOutcome.Accepted, result.Outcome);
    }

    [Fact]
    public async Task An_idempotency_key_counts_once()
    {
        var first = NewMessage();
        var key = "k-1";
        await _store.AcceptAsync(new Acceptance(first, [], key));

        Assert.Equal(new AcceptResult(AcceptOutcome.Duplicate, first.Id), await _store.AcceptAsync(new Acceptance(NewMessage(), [], key)));
        Assert.Equal(new AcceptResult(AcceptOutcome.Conflict, first.Id), await _store.AcceptAsync(new Acceptance(NewMessage("[]"), [], key)));
        Assert.Equal(AcceptOutcome.Accepted, (await _store.AcceptAsync(new Acceptance(NewMessage(), [], "k-2"))).Outcome);
    }

    [Fact]
    public async Task Of_many_with_the_same_uid_at_once_one_is_accepted_and_all_learn_which()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AcceptAsync(NewMessage(uid: "order-1"))));

        var accepted = Assert.Single(results, static result => result.Outcome is AcceptOutcome.Accepted);
        Assert.All(results, result => Assert.Equal(accepted.Message, result.Message));
    }

    [Fact]
    public async Task Many_at_once_are_all_accepted()
    {
        var endpoint = await AddEndpointAsync();

        var accepted = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => AcceptAsync(endpoint)));

        var delivered = (await ClaimAsync(endpoint, limit: 1000)).Deliveries.Select(static claimed => claimed.Delivery.Key.Message);
        Assert.Equal(accepted.Select(static message => message.Id).Order(), delivered.Order());
    }

    [Fact]
    public async Task The_highest_id_is_known_whatever_came_last()
    {
        Assert.Null(await _store.ReadNewestIdAsync());
        var endpoint = await AddEndpointAsync();
        var older = _ids.Next();
        var newest = (await AcceptAsync(endpoint)).Id;
        await _store.AcceptAsync(new Acceptance(NewMessage() with { Id = older }, []));

        Assert.Equal(newest, await _store.ReadNewestIdAsync());
    }

    [Fact]
    public async Task Messages_are_listed_newest_first_by_what_they_are()
    {
        var old = NewMessage(type: "order.paid") with { Channels = ["eu"], Tags = ["a", "b"] };
        await AcceptAsync(old);
        _time.Advance(TimeSpan.FromMinutes(1));
        var middle = NewMessage() with { Channels = ["us", "eu"] };
        await AcceptAsync(middle);
        _time.Advance(TimeSpan.FromMinutes(1));
        var young = NewMessage(type: "order.paid");
        await AcceptAsync(young);
        await AcceptAsync(NewMessage() with { Application = (await AddApplicationAsync()).Id });

        Assert.Equal([young.Id, middle.Id, old.Id], await IdsAsync(query => query));
        Assert.Equal([young.Id, old.Id], await IdsAsync(static query => query with { EventType = "order.paid" }));
        Assert.Equal([middle.Id, old.Id], await IdsAsync(static query => query with { Channel = "eu" }));
        Assert.Equal([old.Id], await IdsAsync(static query => query with { Tag = "b" }));
        Assert.Equal([young.Id, middle.Id], await IdsAsync(query => query with { Since = middle.AcceptedAt }));
        Assert.Equal([old.Id], await IdsAsync(query => query with { Until = middle.AcceptedAt }));
        Assert.Equal([middle.Id], await IdsAsync(query => query with { Cursor = young.Id, Limit = 1 }));
        Assert.Equal([middle.Id], await IdsAsync(query => query with { Cursor = old.Id, IsOldestFirst = true, Limit = 1 }));

        async Task<IEnumerable<Guid>> IdsAsync(Func<MessageQuery, MessageQuery> change) =>
            (await _store.ListMessagesAsync(change(new MessageQuery { Application = _application, Limit = 10 }))).Items.Select(static message => message.Id);
    }

    [Fact]
    public async Task Messages_are_listed_to_their_end_page_by_page()
    {
        var wanted = new List<Guid>();
        for (var index = 0; index < 9; index++)
        {
            var message = NewMessage(type: index % 3 == 0 ? "order.paid" : "order.created");
            await AcceptAsync(message);
            if (index % 3 == 0)
                wanted.Insert(0, message.Id);
        }

        var listed = new List<Guid>();
        var query = new MessageQuery { Application = _application, EventType = "order.paid", Limit = 2 };
        for (var page = await _store.ListMessagesAsync(query); ; page = await _store.ListMessagesAsync(query))
        {
            Assert.InRange(page.Items.Count, 0, 2);
            listed.AddRange(page.Items.Select(static message => message.Id));
            if (page.Next is null)
                break;
            query = query with { Cursor = page.Next };
        }

        Assert.Equal(wanted, listed);
    }

    [Fact]
    public async Task A_message_is_nobody_elses()
    {
        var message = await AcceptAsync();

        Assert.Null(await _store.ReadMessageAsync(Guid.NewGuid(), message.Id));
    }
}
