using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite.Tests;

/// <summary>Disks that are full or fail: what was answered stays, the rest is told, and it goes on when they are well again.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private const int Row = 2_000;

    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public DiskFaultTests() => _path = _folder.File("webhooks.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task When_the_disk_is_full_it_is_said_and_what_was_answered_stays_and_it_goes_on_when_there_is_space()
    {
        await MakeAsync();
        var pages = 200;
        var file = new DatabaseFile(_path);
        // SQLite's own limit has the same outcome as a disk without space: SQLITE_FULL in the middle of a write.
        using var writer = new SqliteWriter(
            () =>
            {
                var session = file.OpenWriter();
                session.RunScript($"PRAGMA max_page_count = {pages}");
                return session;
            },
            new WriteRoom(TimeProvider.System));

        var answered = new List<Guid>();
        var refused = new List<WebhookStoreProblem>();
        for (var round = 0; round < 40; round++)
        {
            // Several at once, so that one commit has some of each.
            var writes = Enumerable.Range(0, 10).Select(_ => Guid.NewGuid()).Select(async id =>
            {
                try
                {
                    await AddAsync(writer, id);
                    lock (answered)
                        answered.Add(id);
                }
                catch (WebhookStoreException exception)
                {
                    lock (refused)
                        refused.Add(exception.Problem);
                }
            });
            await Task.WhenAll(writes);
        }

        Assert.NotEmpty(answered);
        Assert.NotEmpty(refused);
        Assert.All(refused, static problem => Assert.Equal(WebhookStoreProblem.Full, problem));
        Assert.Equal(answered.Order(), Stored(file).Order());

        pages = 100_000;
        // The first write still meets the connection from before when the last of those fitted, and is refused like the others.
        await Record.ExceptionAsync(() => AddAsync(writer, answered));
        await AddAsync(writer, answered);
        Assert.Equal(answered.Order(), Stored(file).Order());
    }

    [Fact]
    public async Task A_reader_that_cannot_open_the_file_says_that_the_store_is_unavailable()
    {
        await using var store = new SqliteWebhookStore(_path, TimeProvider.System);
        await store.OpenAsync();
        File.Move(_path, _path + ".away");

        var exception = await Assert.ThrowsAsync<WebhookStoreException>(() => store.ReadAsync(ResourceKind.Application, Guid.NewGuid()).AsTask());

        Assert.Equal(WebhookStoreProblem.Unavailable, exception.Problem);
        File.Move(_path + ".away", _path);
        Assert.Null(await store.ReadAsync(ResourceKind.Application, Guid.NewGuid()));
    }

    private async Task MakeAsync()
    {
        await using var store = new SqliteWebhookStore(_path, TimeProvider.System);
        await store.OpenAsync();
    }

    private static async Task AddAsync(SqliteWriter writer, List<Guid> answered)
    {
        var id = Guid.NewGuid();
        await AddAsync(writer, id);
        answered.Add(id);
    }

    private static ValueTask<int> AddAsync(SqliteWriter writer, Guid id) => writer.RunAsync(
        session => session.Run(
            "INSERT INTO resources (kind, id, parent, revision, document) VALUES (1, ?1, ?2, 1, ?3)", id, Guid.Empty, new byte[Row]),
        Row,
        CancellationToken.None);

    private static List<Guid> Stored(DatabaseFile file)
    {
        using var reader = file.OpenReader();
        Assert.Equal("ok", reader.Text("PRAGMA quick_check(1)"));
        using var rows = reader.Query("SELECT id FROM resources");
        var ids = new List<Guid>();
        while (rows.Read())
            ids.Add(rows.Id(0));
        return ids;
    }
}
