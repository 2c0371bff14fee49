using Parley.Testing;
using Parley.Webhooks.Outbox.Npgsql;

namespace Parley.Webhooks.Outbox.Tests;

public sealed class DocumentationTests
{
    [Fact]
    public async Task The_guide_shows_the_tables_as_they_are()
    {
        var guide = await File.ReadAllTextAsync(Repository.PathOf("docs", "guides", "outbox.md"));

        Assert.Contains(NpgsqlWebhookOutbox.CreateTablesSql.ReplaceLineEndings("\n"), guide, StringComparison.Ordinal);
    }
}
