using Parley.Testing.Postgres;

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>What the other tests take for granted.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task What_was_committed_is_there_after_the_server_was_killed()
    {
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        var database = await server.CreateDatabaseAsync();
        await server.ExecuteAsync(database, "CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2)");

        await server.KillAsync();
        await server.StartAsync();

        Assert.Equal("1\n2", await server.ExecuteAsync(database, "SELECT n FROM t ORDER BY n"));
    }
}
