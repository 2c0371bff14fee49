using Microsoft.Data.Sqlite;

/// <summary>The webhooks that a partner has received, in its own database.</summary>
/// <remarks>
/// Whoever sends webhooks sends one again when it does not know whether it arrived. The primary key is what makes it count once, for as
/// long as the data itself is kept.
/// </remarks>
internal sealed class Inbox(string path)
{
    private readonly string _connectionString = $"Data Source={path}";

    /// <summary>Keeps a webhook. When this returns it is on disk, and not before may 2xx be answered.</summary>
    public async Task StoreAsync(string webhookId, Payment payment)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO received (webhook_id, payment, customer, cents, times) VALUES ($webhook, $payment, $customer, $cents, 1)
            ON CONFLICT (webhook_id) DO UPDATE SET times = times + 1
            """;
        command.Parameters.AddWithValue("$webhook", webhookId);
        command.Parameters.AddWithValue("$payment", payment.Id.ToString());
        command.Parameters.AddWithValue("$customer", payment.Customer);
        command.Parameters.AddWithValue("$cents", payment.Cents);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<InboxCount> CountAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*), count(*) FILTER (WHERE times > 1) FROM received";
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new InboxCount(reader.GetInt64(0), reader.GetInt64(1));
    }

    public async Task CreateTablesAsync()
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS received (
                webhook_id TEXT PRIMARY KEY, payment TEXT NOT NULL, customer TEXT NOT NULL, cents INTEGER NOT NULL, times INTEGER NOT NULL);
            """;
        await command.ExecuteNonQueryAsync();
    }

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync();
        return connection;
    }
}

/// <summary>How many payments have come, and how many of them more than once.</summary>
internal sealed record InboxCount(long Payments, long Repeated);

/// <summary>The webhook <c>payment.completed</c>.</summary>
internal sealed record PaymentCompleted(string Type, DateTimeOffset Timestamp, Payment Data);

internal sealed record Payment(Guid Id, string Customer, long Cents);
