using System.Data.Common;
using System.Text;
using Parley.Webhooks.Outbox.Storage;

namespace Parley.Webhooks.Outbox.Tests.Databases;

/// <summary>A database of the application: its own table <c>orders</c>, and the outbox.</summary>
internal abstract class OutboxDatabase : IAsyncDisposable
{
    private const string SelectAll = """
        SELECT number, uid, application, event_type, payload, channels, tags, deliver_at, expires_at, enqueued_at, attempts, due_at, error, failed_at
        FROM parley_outbox ORDER BY number
        """;

    /// <summary>Chooses it for the outbox.</summary>
    public abstract void Use(IWebhookOutboxBuilder builder);

    /// <summary>Writes an order and messages as the application does, in one transaction.</summary>
    /// <param name="services">Of the application.</param>
    /// <param name="messages">Application and message.</param>
    /// <param name="commit">Whether the transaction is committed.</param>
    /// <param name="beforeEnd">Runs while all is written and nothing committed.</param>
    public abstract Task WriteAsync(
        IServiceProvider services, IEnumerable<(string Application, WebhookMessage Message)> messages, bool commit = true, Func<Task>? beforeEnd = null);

    public abstract Task<DbConnection> OpenAsync();

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task WriteAsync(IServiceProvider services, string application, params string[] payloads) =>
        WriteAsync(services, payloads.Select(payload => (application, Message(payload))));

    public static WebhookMessage Message(string payload = "{}") => new("order.created", Encoding.UTF8.GetBytes(payload));

    public async Task<long> CountOrdersAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM orders";
        return Convert.ToInt64(await command.ExecuteScalarAsync(), null);
    }

    /// <summary>What is in the outbox, with what was refused.</summary>
    public async Task<List<OutboxRow>> RowsAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = SelectAll;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<OutboxRow>();
        while (await reader.ReadAsync())
            rows.Add(OutboxSql.Read(reader));
        return rows;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
