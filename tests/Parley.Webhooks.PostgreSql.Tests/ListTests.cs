using Microsoft.Extensions.Time.Testing;
using Parley.Testing.Postgres;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>Lists in which few of many rows are wanted.</summary>
public sealed class ListTests(PostgresServer server) : IAsyncLifetime
{
    private readonly TestDatabase _database = new(server);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private readonly Guid _application = Guid.CreateVersion7();
    private readonly Guid _endpoint = Guid.CreateVersion7();
    private readonly List<Guid> _messages = [];
    private PostgreSqlWebhookStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _store = _database.CreateStore(_time, maxExamined: 3);
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
            await _store.AcceptAsync(new Acceptance(message, [new NewDelivery(_endpoint, message.AcceptedAt, IsLeased: true)]));
            _messages.Add(message.Id);
        }
    }

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

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

    [Theory]
    [InlineData("Waiting", 0)] // which is outstanding, as all the others
    [InlineData("Cancelled", 7)] // which is final, as all the others
    public async Task A_page_of_deliveries_ends_when_enough_was_looked_at_and_says_where_to_go_on(string state, int othersEnded)
    {
        foreach (var message in _messages.Skip(1).Take(othersEnded))
            await CompleteAsync(message, DeliveryState.Succeeded);
        await CompleteAsync(_messages[0], Enum.Parse<DeliveryState>(state));
        var query = new DeliveryQuery { Endpoint = _endpoint, State = Enum.Parse<DeliveryState>(state), Limit = 5 };

        var first = await _store.ListDeliveriesAsync(query);
        var second = await _store.ListDeliveriesAsync(query with { Cursor = first.Next });
        var third = await _store.ListDeliveriesAsync(query with { Cursor = second.Next });

        Assert.Equal((0, _messages[5]), (first.Items.Count, first.Next!.Value.Message));
        Assert.Equal((0, _messages[2]), (second.Items.Count, second.Next!.Value.Message));
        Assert.Equal(_messages[0], Assert.Single(third.Items).Key.Message);
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task A_page_goes_on_behind_what_it_has_though_it_reads_in_parts()
    {
        await using var store = _database.CreateStore(_time);
        await store.OpenAsync();
        var query = new MessageQuery { Application = _application, Tag = "rare", Limit = 1 };

        var page = await store.ListMessagesAsync(query);

        Assert.Equal(_messages[0], Assert.Single(page.Items).Id);
        Assert.Null(page.Next);
    }

    [Theory]
    [InlineData("endpoint = '00000000-0000-0000-0000-000000000001' AND message < '10000000-0000-0000-0000-000000000001'", "outstanding_deliveries")]
    [InlineData("endpoint = '00000000-0000-0000-0000-000000000001' AND message < '10000000-0000-0000-0000-000000000001'", "final_deliveries")]
    public async Task A_page_far_behind_is_found_by_an_index(string range, string table)
    {
        var plan = await _database.ExecuteAsync($"""
            SET enable_seqscan = off; SET enable_sort = off; EXPLAIN SELECT *, state = 2 FROM {table} WHERE {range} ORDER BY message DESC, endpoint DESC LIMIT 10
            """);

        Assert.DoesNotContain("Sort", plan);
        Assert.Matches(@"Index Cond: \(\(endpoint = .*\) AND \(message < ", plan);
    }

    private async Task CompleteAsync(Guid message, DeliveryState state) => Assert.True(await _store.CompleteAsync(new Completion
    {
        Key = new DeliveryKey(message, _endpoint),
        Fence = 1,
        State = state,
        DueAt = state is DeliveryState.Waiting ? _time.GetUtcNow().AddHours(1) : null,
        Now = _time.GetUtcNow(),
    }));
}
