using Parley.Specifications.Webhooks;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite.Tests;

public sealed class SqliteWebhookStoreTests : WebhookStoreSpecification
{
    private readonly TemporaryFolder _folder = new();

    private protected override async Task<IWebhookStore> OpenAsync(int maxExamined)
    {
        var store = new SqliteWebhookStore(_folder.File("webhooks.db"), Time) { MaxExamined = maxExamined };
        await store.OpenAsync();
        return store;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
