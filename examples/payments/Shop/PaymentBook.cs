using System.Text.Json;
using Microsoft.Data.Sqlite;
using Parley.Webhooks;
using Parley.Webhooks.Outbox.Sqlite;

namespace Shop;

/// <summary>The shop's payments.</summary>
internal sealed class PaymentBook(string connectionString, SqliteWebhookOutbox outbox)
{
    /// <summary>The application in Parley whose endpoints the partners' are.</summary>
    private const string Partners = "partners";

    /// <summary>Takes a payment and says so to the partners: both, or neither.</summary>
    /// <returns>False when it was taken before.</returns>
    public async Task<bool> TakeAsync(Guid id, NewPayment payment)
    {
        await using var connection = await OpenAsync();
        await using var transaction = connection.BeginTransaction();
        if (!await InsertAsync(connection, id, payment))
            return false;

        await outbox.EnqueueAsync(transaction, Partners, Completed(id, payment));
        await transaction.CommitAsync();
        return true;
    }

    public async Task<long> CountAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM payments";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task CreateTablesAsync()
    {
        await outbox.CreateTablesAsync();
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS payments (id TEXT PRIMARY KEY, customer TEXT NOT NULL, cents INTEGER NOT NULL);
            """;
        await command.ExecuteNonQueryAsync();
    }

    private static WebhookMessage Completed(Guid id, NewPayment payment)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new { Type = "payment.completed", Timestamp = DateTimeOffset.UtcNow, Data = new { Id = id, payment.Customer, payment.Cents } },
            JsonSerializerOptions.Web);
        return new WebhookMessage("payment.completed", payload);
    }

    private static async Task<bool> InsertAsync(SqliteConnection connection, Guid id, NewPayment payment)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO payments (id, customer, cents) VALUES ($id, $customer, $cents) ON CONFLICT (id) DO NOTHING";
        command.Parameters.AddWithValue("$id", id.ToString());
        command.Parameters.AddWithValue("$customer", payment.Customer);
        command.Parameters.AddWithValue("$cents", payment.Cents);
        return await command.ExecuteNonQueryAsync() == 1;
    }

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}

internal sealed record NewPayment(string Customer, long Cents);
