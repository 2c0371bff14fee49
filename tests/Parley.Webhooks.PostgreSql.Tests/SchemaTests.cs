using Parley.Testing.Postgres;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Tests;

public sealed class SchemaTests(PostgresServer server)
{
    private readonly TestDatabase _database = new(server);

    [Fact]
    public async Task A_newer_schema_is_left_alone_and_named()
    {
        await using (var first = _database.CreateStore())
            await first.OpenAsync();
        await _database.ExecuteAsync("UPDATE schema_version SET version = 99");

        var exception = await FailAsync(_database.CreateStore());

        Assert.Equal(WebhookStoreProblem.TooNew, exception.Problem);
        Assert.Contains(_database.Schema, exception.Message);
        Assert.Contains("99", exception.Message);
    }

    [Fact]
    public async Task A_schema_of_somebody_elses_is_left_alone()
    {
        await _database.ExecuteAsync($"CREATE SCHEMA {_database.Schema}; CREATE TABLE {_database.Schema}.messages (mine text)");

        var exception = await FailAsync(_database.CreateStore());

        Assert.Equal(WebhookStoreProblem.Damaged, exception.Problem);
        Assert.Contains(_database.Schema, exception.Message);
        Assert.Equal("", await _database.ExecuteAsync("SELECT mine FROM messages"));
    }

    [Fact]
    public async Task A_database_that_could_lose_what_it_confirmed_is_refused_with_what_to_set()
    {
        await using var store = new PostgreSqlWebhookStore(
            new PostgreSqlWebhookOptions { ConnectionString = _database.ConnectionString + ";Options=-c synchronous_commit=off", Schema = _database.Schema }, TimeProvider.System);

        var exception = await FailAsync(store);

        Assert.Equal(WebhookStoreProblem.Unavailable, exception.Problem);
        Assert.Contains("synchronous_commit = \"off\"", exception.Message);
        Assert.Contains("synchronous_commit = on", exception.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_and_the_password_is_not()
    {
        await using var store = new PostgreSqlWebhookStore(
            new PostgreSqlWebhookOptions { ConnectionString = "Host=/nowhere;Database=parley;Username=me;Password=s3cret" }, TimeProvider.System);

        var exception = await FailAsync(store);

        Assert.Equal(WebhookStoreProblem.Unavailable, exception.Problem);
        Assert.Contains("parley on /nowhere", exception.Message);
        Assert.DoesNotContain("s3cret", exception.ToString());
    }

    [Fact]
    public async Task Keys_of_an_older_schema_open_their_applications_as_before()
    {
        var (application, key) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _database.ExecuteAsync($$"""
            CREATE SCHEMA {{_database.Schema}};
            CREATE TABLE schema_version (version integer NOT NULL);
            INSERT INTO schema_version VALUES (2);
            {{string.Concat(Schema.Migrations.Take(2))}}
            INSERT INTO resources VALUES (1, '{{application}}', '{{Guid.Empty}}', 'acme', 1, '{}');
            INSERT INTO resources VALUES (5, '{{key}}', '{{Guid.Empty}}', 'hash', 1, '{"application":"{{application}}","name":"portal"}');
            INSERT INTO resources VALUES (5, '{{Guid.CreateVersion7()}}', '{{Guid.Empty}}', 'left', 1, '{"application":"{{Guid.CreateVersion7()}}"}');
            """);

        await using var store = _database.CreateStore();
        await store.OpenAsync();

        var found = await store.FindKeyAsync("hash");
        Assert.Equal((key, application, "hash"), (found!.Id, found.Parent, found.Name));
        Assert.Equal([key], (await store.ListAsync(ResourceKind.Key, application, Guid.Empty, 10)).Select(static one => one.Id));
        Assert.Null(await store.FindKeyAsync("left")); // of an application that is gone
    }

    private static async Task<WebhookStoreException> FailAsync(PostgreSqlWebhookStore store) =>
        await Assert.ThrowsAsync<WebhookStoreException>(() => store.OpenAsync());
}
