using System.Globalization;
using Parley.Testing.Postgres;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>An empty schema on the server that all tests share: what a database of its own would be, and made sooner.</summary>
public sealed class TestDatabase(PostgresServer server)
{
    private static int _schemas;

    public string Schema { get; } = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _schemas)}");

    public string ConnectionString { get; } = server.ConnectionStringOf("postgres");

    /// <summary>A store on it that is not open yet: what a further node has.</summary>
    internal PostgreSqlWebhookStore CreateStore(TimeProvider? time = null, int maxExamined = 10_000) =>
        new(new PostgreSqlWebhookOptions { ConnectionString = ConnectionString, Schema = Schema }, time ?? TimeProvider.System) { MaxExamined = maxExamined };

    /// <summary>Runs SQL as psql does.</summary>
    public Task<string> ExecuteAsync(string sql) => server.ExecuteAsync("postgres", $"SET search_path = {Schema}; {sql}");
}
