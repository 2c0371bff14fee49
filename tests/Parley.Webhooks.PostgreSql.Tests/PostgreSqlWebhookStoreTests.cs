using Parley.Specifications.Webhooks;
using Parley.Testing.Postgres;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Tests;

public sealed class PostgreSqlWebhookStoreTests(PostgresServer server) : WebhookStoreSpecification
{
    private readonly TestDatabase _database = new(server);

    private protected override async Task<IWebhookStore> OpenAsync(int maxExamined)
    {
        var store = _database.CreateStore(maxExamined: maxExamined);
        await store.OpenAsync();
        return store;
    }
}
