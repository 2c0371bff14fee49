using Parley.Testing.Postgres;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>What is asked often goes by an index and does not sort.</summary>
public sealed class QueryPlanTests(PostgresServer server) : IAsyncLifetime
{
    private readonly TestDatabase _database = new(server);

    public async ValueTask InitializeAsync()
    {
        await using var store = _database.CreateStore();
        await store.OpenAsync();
        // Ended deliveries are in partitions, which come with their messages.
        var message = new Message
        {
            Id = Guid.CreateVersion7(),
            Application = Guid.CreateVersion7(),
            EventType = "order.created",
            Payload = "1"u8.ToArray(),
            AcceptedAt = DateTimeOffset.UtcNow,
        };
        await store.AcceptAsync(new Acceptance(message, [new NewDelivery(Guid.CreateVersion7(), message.AcceptedAt, IsLeased: false)]));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

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
}
