using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite.Tests;

/// <summary>Lists in which few of many rows are wanted.</summary>
public sealed class ListTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();
    private readonly Guid _application = Guid.CreateVersion7();
    private readonly Guid _endpoint = Guid.CreateVersion7();
    private readonly List<Guid> _messages = [];
    private SqliteWebhookStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new SqliteWebhookStore(_folder.File("webhooks.db"), _time) { MaxExamined = 3 };
        await _store.OpenAsync();
        var ids = new IdGenerator(_time);
        for (var index = 0; index < 8; index++)
        {
            var message = new Message
            {
                Id = ids.Next(),
                Application = _application,
                EventType = "order.created",
                Tags = index == 0 ? ["rare"] : [],
                Payload = "1"u8.ToArray(),
                AcceptedAt = _time.GetUtcNow(),
            };
            await _store.AcceptAsync(new Acceptance(message, [new NewDelivery(_endpoint, message.AcceptedAt, IsLeased: index == 0)]));
            _messages.Add(message.Id);
        }

        await _store.CompleteAsync(new Completion
        {
            Key = new DeliveryKey(_messages[0], _endpoint),
            Fence = 1,
            State = DeliveryState.Succeeded,
            Now = _time.GetUtcNow(),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_page_of_messages_ends_when_enough_was_looked_at_and_says_where_to_go_on()
    {
        var query = new MessageQuery { Application = _application, Tag = "rare", Limit = 5 };

        var first = await _store.ListMessagesAsync(query);
        var second = await _store.ListMessagesAsync(query with { Cursor = first.Next });
        var third = await _store.ListMessagesAsync(query with { Cursor = second.Next });

        Assert.Equal((0, _messages[5]), (first.Items.Count, first.Next));
        Assert.Equal((0, _messages[2]), (second.Items.Count, second.Next));
        Assert.Equal(_messages[0], Assert.Single(third.Items).Id);
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task A_page_of_deliveries_ends_when_enough_was_looked_at_and_says_where_to_go_on()
    {
        var query = new DeliveryQuery { Endpoint = _endpoint, State = DeliveryState.Succeeded, Limit = 5 };

        var first = await _store.ListDeliveriesAsync(query);
        var second = await _store.ListDeliveriesAsync(query with { Cursor = first.Next });
        var third = await _store.ListDeliveriesAsync(query with { Cursor = second.Next });

        Assert.Equal((0, _messages[5]), (first.Items.Count, first.Next!.Value.Message));
        Assert.Equal((0, _messages[2]), (second.Items.Count, second.Next!.Value.Message));
        Assert.Equal(_messages[0], Assert.Single(third.Items).Key.Message);
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task A_lease_of_a_process_that_is_gone_is_due_since_the_start()
    {
        await _store.AcceptAsync(new Acceptance(
            new Message
            {
                Id = Guid.CreateVersion7(),
                Application = _application,
                EventType = "order.created",
                Payload = "1"u8.ToArray(),
                AcceptedAt = _time.GetUtcNow(),
            },
            [new NewDelivery(Guid.CreateVersion7(), _time.GetUtcNow().AddHours(1), IsLeased: true)]));
        await _store.CancelAsync(_endpoint, DeliveryError.EndpointDeleted, _time.GetUtcNow(), 10);
        await _store.DisposeAsync();
        _time.Advance(TimeSpan.FromMinutes(10));

        _store = new SqliteWebhookStore(_folder.File("webhooks.db"), _time);
        await _store.OpenAsync();

        Assert.Equal(new Backlog(_time.GetUtcNow(), 1), await _store.ReadBacklogAsync(_time.GetUtcNow()));
    }
}
