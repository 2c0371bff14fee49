using System.Globalization;
using Parley.Testing;
using Parley.Testing.Postgres;
using Parley.Testing.Webhooks;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>The server is killed again and again while messages flow; afterwards the ledger must be in order.</summary>
/// <remarks>
/// <c>PARLEY_CRASH_SEED</c> and <c>PARLEY_CRASH_MESSAGES</c> choose another run, or a longer one:
/// <c>PARLEY_CRASH_MESSAGES=200000 ./test endtoend -- --filter-class '*CrashTests'</c>.
/// </remarks>
public abstract class CrashTests(ITestOutputHelper output)
{
    private const int MostShown = 20;

    private static readonly int Seed = Setting("PARLEY_CRASH_SEED", 20261129);
    private static readonly int Messages = Setting("PARLEY_CRASH_MESSAGES", 1_000);

    private protected async Task CheckAsync(IReadOnlyList<ParleyServerProcess> nodes)
    {
        await using var run = new CrashRun(nodes, Seed, Messages);

        var history = await run.RunAsync();

        var states = history.Deliveries.GroupBy(static delivery => delivery.State).ToDictionary(static state => state.Key, static state => state.Count());
        output.WriteLine($"seed {Seed}, {run.Kills} kills, {history.Stored.Count} messages, {history.Receipts.Count} requests, "
            + $"deliveries: {string.Join(", ", states.Select(static state => $"{state.Value} {state.Key}"))}");
        var violations = LedgerChecker.Check(history);
        Assert.True(violations.Count == 0, $"seed {Seed}, {violations.Count} violations: {string.Join("; ", violations.Take(MostShown))}");
        // And it was a run worth the name.
        Assert.True(states.GetValueOrDefault("succeeded") > Messages * 8 / 10);
        Assert.True(states.GetValueOrDefault("failed") > 0);
        Assert.True(states.GetValueOrDefault("cancelled") > 0);
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}

/// <summary>One process, which has all to itself.</summary>
public sealed class SqliteCrashTests(ITestOutputHelper output) : CrashTests(output)
{
    [Fact]
    public async Task With_SQLite_what_was_accepted_is_delivered_or_in_the_dead_letter_however_often_the_process_is_killed()
    {
        await using var server = new WebhookServer();
        await server.InitializeAsync();

        await CheckAsync([server]);
    }
}

/// <summary>Two nodes, of which one is killed at a time.</summary>
public sealed class PostgreSqlCrashTests(ITestOutputHelper output) : CrashTests(output)
{
    [Fact]
    public async Task With_PostgreSQL_and_two_nodes_what_was_accepted_is_delivered_or_in_the_dead_letter_however_often_one_of_them_is_killed()
    {
        await using var postgres = new PostgresServer();
        await postgres.InitializeAsync();
        var database = postgres.ConnectionStringOf(await postgres.CreateDatabaseAsync());
        await using var one = new WebhookNode(database);
        await one.InitializeAsync();
        await using var two = new WebhookNode(database);
        await two.InitializeAsync();

        await CheckAsync([one, two]);
    }
}
