using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite.Tests;

public sealed class SqliteReadersTests : IDisposable
{
    private const string Endless = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers) SELECT max(n) FROM numbers";

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteReaders _readers;

    public SqliteReadersTests()
    {
        var path = _folder.File("webhooks.db");
        using (var file = new DatabaseFile(path))
            file.Prepare();
        _readers = new SqliteReaders(() => new DatabaseFile(path).OpenReader(), count: 1);
    }

    public void Dispose()
    {
        _readers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_query_that_nobody_waits_for_any_more_is_ended()
    {
        using var caller = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var endless = _readers.RunAsync(
            session =>
            {
                begun.SetResult();
                return session.Number(Endless);
            }, caller.Token).AsTask();
        await begun.Task;

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
        Assert.Equal(1L, await _readers.RunAsync(static session => session.Number("SELECT 1"), CancellationToken.None)); // by the only thread
    }

    [Fact]
    public async Task A_read_that_fails_does_not_harm_the_next()
    {
        var failed = await Assert.ThrowsAsync<WebhookStoreException>(
            () => _readers.RunAsync(static session => session.Number("SELECT * FROM nowhere"), CancellationToken.None).AsTask());

        Assert.Equal(WebhookStoreProblem.Unavailable, failed.Problem);
        Assert.Equal(1L, await _readers.RunAsync(static session => session.Number("SELECT 1"), CancellationToken.None));
    }

    [Fact]
    public async Task Those_that_are_closed_say_so()
    {
        _readers.Dispose();

        await Assert.ThrowsAsync<WebhookStoreException>(() => _readers.RunAsync(static session => session.Number("SELECT 1"), CancellationToken.None).AsTask());
    }
}
