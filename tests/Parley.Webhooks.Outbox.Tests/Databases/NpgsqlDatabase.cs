using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Parley.Testing.Postgres;
using Parley.Webhooks.Outbox.Npgsql;

namespace Parley.Webhooks.Outbox.Tests.Databases;

internal sealed class NpgsqlDatabase : OutboxDatabase
{
    private readonly NpgsqlDataSource _source;

    private NpgsqlDatabase(string connectionString) => (ConnectionString, _source) = (connectionString, NpgsqlDataSource.Create(connectionString));

    public string ConnectionString { get; }

    public static async Task<NpgsqlDatabase> CreateAsync(PostgresServer server)
    {
        var database = new NpgsqlDatabase(server.ConnectionStringOf(await server.CreateDatabaseAsync()));
        await database.ExecuteAsync($"CREATE TABLE orders (id serial PRIMARY KEY); {NpgsqlWebhookOutbox.CreateTablesSql}");
        return database;
    }

    public override void Use(IWebhookOutboxBuilder builder) => builder.UseNpgsql(ConnectionString);

    public override async Task WriteAsync(
        IServiceProvider services, IEnumerable<(string Application, WebhookMessage Message)> messages, bool commit, Func<Task>? beforeEnd)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var order = new NpgsqlCommand("INSERT INTO orders DEFAULT VALUES", connection))
            await order.ExecuteNonQueryAsync();
        foreach (var (application, message) in messages)
            await services.GetRequiredService<NpgsqlWebhookOutbox>().EnqueueAsync(transaction, application, message);
        await (beforeEnd?.Invoke() ?? Task.CompletedTask);
        if (commit)
            await transaction.CommitAsync();
        else
            await transaction.RollbackAsync();
    }

    public override async Task<DbConnection> OpenAsync() => await _source.OpenConnectionAsync();

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
