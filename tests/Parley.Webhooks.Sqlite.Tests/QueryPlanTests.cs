namespace Parley.Webhooks.Sqlite.Tests;

/// <summary>What runs often, or on the one thread that writes, goes by an index and does not sort.</summary>
public sealed class QueryPlanTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SqliteSession _session = null!;

    public async ValueTask InitializeAsync()
    {
        await using (var store = new SqliteWebhookStore(_folder.File("webhooks.db"), TimeProvider.System))
            await store.OpenAsync();
        _session = new DatabaseFile(_folder.File("webhooks.db")).OpenReader();
    }

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void A_claim_in_order_goes_through_the_open_deliveries_of_its_endpoint() =>
        Assert.Equal(["SEARCH deliveries USING INDEX deliveries_open (endpoint=?)"], Explain(SqliteWebhookStore.ClaimInOrder, new byte[16], 1L, 1));

    [Fact]
    public void A_claim_takes_what_is_due_in_the_order_of_its_index_and_finds_each_message_by_its_id() => Assert.Equal(
        [
            "SEARCH deliveries USING INDEX deliveries_due (endpoint=? AND due_at<?)",
            "SEARCH messages USING INDEX messages_by_id (application=? AND id=?) LEFT-JOIN",
        ],
        Explain(SqliteWebhookStore.ClaimOfDue, new byte[16], 1L, 1));

    [Fact]
    public void A_caller_is_found_by_the_hash_of_its_key() => Assert.Equal(
        ["SEARCH resources USING INDEX resources_keys (name=? AND kind=?)"], Explain(SqliteWebhookStore.FindKey, "hash"));

    [Fact]
    public void Old_keys_are_found_by_their_age() => Assert.Equal(
        ["SEARCH idempotency USING COVERING INDEX idempotency_by_time (accepted_at<?)"], Explain(SqliteWebhookStore.OldKeys, 1L, 1));

    [Fact]
    public void Old_attempts_are_looked_at_from_where_the_part_before_ended()
    {
        var plan = Explain(SqliteWebhookStore.OldAttempts, new byte[16], new byte[16], 1, new byte[16], 1L, 1);

        Assert.Contains(plan, static step => step.StartsWith("SEARCH attempts USING PRIMARY KEY ((message,endpoint,number)>(", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, static step => step.Contains("TEMP B-TREE", StringComparison.Ordinal) || step.StartsWith("SCAN", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_due_longest_is_found_without_looking_at_all_that_is_due()
    {
        var plan = Explain(SqliteWebhookStore.OldestDue);

        Assert.DoesNotContain(plan, static step => step.StartsWith("SCAN deliveries", StringComparison.Ordinal));
        Assert.Contains("SEARCH deliveries USING COVERING INDEX deliveries_due (endpoint=? AND due_at>?)", plan);
    }

    private List<string> Explain(string sql, params ReadOnlySpan<SqliteValue> values)
    {
        using var rows = _session.Query("EXPLAIN QUERY PLAN " + sql, values);
        var steps = new List<string>();
        while (rows.Read())
            steps.Add(rows.Text(3));
        return steps;
    }
}
