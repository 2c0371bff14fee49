using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Parley.Webhooks.Outbox.Sqlite;

namespace Parley.Webhooks.Outbox.Tests.Databases;

internal sealed class SqliteDatabase : OutboxDatabase
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-outbox-");

    public string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "shop.db")}";

    public static async Task<SqliteDatabase> CreateAsync()
    {
        var database = new SqliteDatabase();
        await database.ExecuteAsync($"PRAGMA journal_mode = WAL; CREATE TABLE orders (id INTEGER PRIMARY KEY); {SqliteWebhookOutbox.CreateTablesSql}");
        return database;
    }

    public override void Use(IWebhookOutboxBuilder builder) => builder.UseSqlite(ConnectionString);

    public override async Task WriteAsync(
        IServiceProvider services, IEnumerable<(string Application, WebhookMessage Message)> messages, bool commit, Func<Task>? beforeEnd)
    {
        await using var connection = (SqliteConnection)await OpenAsync();
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync();
        await using (var order = connection.CreateCommand())
        {
            order.CommandText = "INSERT INTO orders DEFAULT VALUES";
            await order.ExecuteNonQueryAsync();
        }

        foreach (var (application, message) in messages)
            await services.GetRequiredService<SqliteWebhookOutbox>().EnqueueAsync(transaction, application, message);
        await (beforeEnd?.Invoke() ?? Task.CompletedTask);
        if (commit)
            await transaction.CommitAsync();
        else
            await transaction.RollbackAsync();
    }

    public override async Task<DbConnection> OpenAsync()
    {
        var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);
        _folder.Delete(recursive: true);
        return base.DisposeAsync();
    }
}
