using Microsoft.Data.Sqlite;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite.Tests;

/// <summary>Files that are not as this program left them. None is ever replaced by an empty one.</summary>
public sealed class DatabaseFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public DatabaseFileTests() => _path = _folder.File("webhooks.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_file_is_made_with_its_folder()
    {
        await using var store = new SqliteWebhookStore(_folder.File("deep/down/webhooks.db"), TimeProvider.System);

        await store.OpenAsync();

        Assert.True(File.Exists(_folder.File("deep/down/webhooks.db")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("deep/down/webhooks.db")));
    }

    [Fact]
    public async Task A_file_that_is_cut_short_is_damaged()
    {
        await FillAsync();
        using (var file = File.OpenWrite(_path))
            file.SetLength(file.Length / 2);

        await AssertRefusedAsync(WebhookStoreProblem.Damaged, "is damaged");
    }

    [Theory]
    [InlineData(0)] // the header
    [InlineData(4096 * 3)] // a table
    public async Task A_file_with_other_bytes_in_it_is_damaged(int position)
    {
        await FillAsync();
        using (var file = File.OpenWrite(_path))
        {
            file.Position = position;
            file.Write(new byte[2000]);
        }

        await AssertRefusedAsync(WebhookStoreProblem.Damaged, "is damaged");
    }

    [Fact]
    public async Task An_empty_file_is_one_that_was_cut_short()
    {
        await File.WriteAllBytesAsync(_path, []);

        await AssertRefusedAsync(WebhookStoreProblem.Damaged, "it is empty");
    }

    [Fact]
    public async Task A_log_without_its_file_is_not_taken_for_a_new_beginning()
    {
        await File.WriteAllBytesAsync(_path + "-wal", new byte[100]);

        await AssertRefusedAsync(WebhookStoreProblem.Damaged, "the file itself is not");
    }

    [Theory]
    [InlineData("PRAGMA user_version = 1000", WebhookStoreProblem.TooNew, "has version 1000")]
    [InlineData("PRAGMA application_id = 1", WebhookStoreProblem.Damaged, "is not a database of Parley's webhooks")]
    public async Task A_file_of_another_program_or_version_is_left_alone(string change, WebhookStoreProblem problem, string words)
    {
        await FillAsync();
        Run(change);
        var before = await File.ReadAllBytesAsync(_path);

        await AssertRefusedAsync(problem, words);
        Assert.Equal(before, await File.ReadAllBytesAsync(_path));
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_brought_up_to_date_with_what_is_in_it()
    {
        var (endpoint, application) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Guid[] messages = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        Run(Schema.Migrations[0] + $"PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = 1");
        foreach (var message in messages.Order())
        {
            Run($"""
                INSERT INTO messages (id, application, event_type, accepted_at, payload) VALUES ({Blob(message)}, {Blob(application)}, 'a', 1, '1');
                INSERT INTO deliveries (message, endpoint, application, state, due_at, attempts, step, fence, trigger, created_at, updated_at)
                VALUES ({Blob(message)}, {Blob(endpoint)}, {Blob(application)}, 0, 1, 0, 0, 0, 0, 1, 1)
                """);
        }

        await using var store = new SqliteWebhookStore(_path, TimeProvider.System);
        await store.OpenAsync();

        var claim = await store.ClaimAsync(new ClaimRequest
        {
            Endpoint = endpoint,
            Now = DateTimeOffset.UnixEpoch.AddMinutes(1),
            LeaseUntil = DateTimeOffset.UnixEpoch.AddMinutes(2),
            Limit = 10,
            IsOrdered = true,
        });
        Assert.Equal(messages.Order(), claim.Deliveries.Select(static claimed => claimed.Message!.Id));
        using var session = new DatabaseFile(_path).OpenReader();
        Assert.Equal((long)Schema.Migrations.Length, session.Number("PRAGMA user_version"));
        Assert.Equal(2L, session.Number("SELECT count(*) FROM sqlite_schema WHERE name IN ('deliveries_open', 'idempotency_by_time')"));
    }

    [Fact]
    public async Task Keys_of_older_files_open_their_applications_as_before()
    {
        var (application, key) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Run(string.Concat(Schema.Migrations.Take(3)) + $$"""
            PRAGMA application_id = {{Schema.ApplicationId}};
            PRAGMA user_version = 3;
            INSERT INTO resources VALUES (1, {{Blob(application)}}, zeroblob(16), 'acme', 1, CAST('{}' AS BLOB));
            INSERT INTO resources VALUES (5, {{Blob(key)}}, zeroblob(16), 'hash', 1, CAST('{"application":"{{application}}","name":"portal"}' AS BLOB));
            INSERT INTO resources VALUES (5, {{Blob(Guid.CreateVersion7())}}, zeroblob(16), 'left', 1, CAST('{"application":"{{Guid.CreateVersion7()}}"}' AS BLOB));
            """);

        await using var store = new SqliteWebhookStore(_path, TimeProvider.System);
        await store.OpenAsync();

        var found = await store.FindKeyAsync("hash");
        Assert.Equal((key, application, "hash"), (found!.Id, found.Parent, found.Name));
        Assert.Equal([key], (await store.ListAsync(ResourceKind.Key, application, Guid.Empty, 10)).Select(static one => one.Id));
        Assert.Null(await store.FindKeyAsync("left")); // of an application that is gone
    }

    [Fact]
    public async Task A_file_that_another_process_has_is_not_shared()
    {
        await using var first = new SqliteWebhookStore(_path, TimeProvider.System);
        await first.OpenAsync();

        await AssertRefusedAsync(WebhookStoreProblem.InUse, "in use by another process");
    }

    [Fact]
    public async Task What_was_being_made_when_the_process_ended_is_made_anew()
    {
        await File.WriteAllBytesAsync(_path + ".new", [1, 2, 3]);
        await using var store = new SqliteWebhookStore(_path, TimeProvider.System);

        await store.OpenAsync();

        Assert.False(File.Exists(_path + ".new"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_is_named()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "");
        await using var store = new SqliteWebhookStore(_folder.File("file/webhooks.db"), TimeProvider.System);

        var exception = await Assert.ThrowsAsync<WebhookStoreException>(() => store.OpenAsync());

        Assert.Contains("Parley:DataDirectory", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_another_holds_for_long_is_said_to_be_unavailable_and_works_again_after()
    {
        await using var store = new SqliteWebhookStore(_path, TimeProvider.System);
        await store.OpenAsync();
        using (var other = Open())
        {
            Execute(other, "BEGIN IMMEDIATE");
            var exception = await Assert.ThrowsAsync<WebhookStoreException>(() => AddAsync(store).AsTask());
            Assert.Equal(WebhookStoreProblem.Unavailable, exception.Problem);
        }

        Assert.Equal(ResourceWrite.Done, await AddAsync(store));
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        var store = new SqliteWebhookStore(_path, TimeProvider.System);
        await store.OpenAsync();
        await store.DisposeAsync();

        Assert.Equal(WebhookStoreProblem.Unavailable, (await Assert.ThrowsAsync<WebhookStoreException>(() => AddAsync(store).AsTask())).Problem);
    }

    [Fact]
    public async Task Commits_are_synced_to_disk()
    {
        await using var file = new SqliteWebhookStore(_path, TimeProvider.System);
        await file.OpenAsync();
        using var writer = new DatabaseFile(_path).OpenWriter();

        Assert.Equal(2L, writer.Number("PRAGMA synchronous")); // FULL
        Assert.Equal("wal", writer.Text("PRAGMA journal_mode"));
    }

    private async Task FillAsync()
    {
        await using var store = new SqliteWebhookStore(_path, TimeProvider.System);
        await store.OpenAsync();
        for (var index = 0; index < 100; index++)
            await AddAsync(store);
    }

    private static ValueTask<ResourceWrite> AddAsync(SqliteWebhookStore store) => store.AddAsync(
        new Resource { Kind = ResourceKind.Application, Id = Guid.NewGuid(), Document = new byte[500] });

    private async Task AssertRefusedAsync(WebhookStoreProblem problem, string words)
    {
        await using var store = new SqliteWebhookStore(_path, TimeProvider.System);
        var exception = await Assert.ThrowsAsync<WebhookStoreException>(() => store.OpenAsync());
        Assert.Equal(problem, exception.Problem);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        Assert.Contains(_path, exception.Message, StringComparison.Ordinal);
    }

    private static string Blob(Guid id) => $"x'{id:N}'";

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_path};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Run(string sql)
    {
        using var connection = Open();
        Execute(connection, sql);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
