using System.Text.Json;
using Npgsql;
using Parley.Webhooks;
using Parley.Webhooks.Outbox.Npgsql;

/// <summary>The same without Entity Framework Core, for the guide.</summary>
internal sealed class PlainPostgres(NpgsqlDataSource database, NpgsqlWebhookOutbox outbox)
{
    public static void Add(IServiceCollection services, string connectionString) => services.AddWebhookOutbox().UseNpgsql(connectionString);

    public async Task PlaceAsync(string customer, decimal amount)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("INSERT INTO orders (customer, amount) VALUES ($1, $2)", connection))
        {
            insert.Parameters.Add(new() { Value = customer });
            insert.Parameters.Add(new() { Value = amount });
            await insert.ExecuteNonQueryAsync();
        }

        var payload = JsonSerializer.SerializeToUtf8Bytes(new { customer, amount });
        await outbox.EnqueueAsync(transaction, customer, new WebhookMessage("order.placed", payload));
        await transaction.CommitAsync();
    }
}
