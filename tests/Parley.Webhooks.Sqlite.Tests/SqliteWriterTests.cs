using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite.Tests;

public sealed class SqliteWriterTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly ManualResetEventSlim _disk = new();
    private readonly SqliteWriter _writer;

    public SqliteWriterTests()
    {
        var path = _folder.File("webhooks.db");
        using (var file = new DatabaseFile(path))
            file.Prepare();
        _writer = new SqliteWriter(() => new DatabaseFile(path).OpenWriter(), new WriteRoom(_time, maxCount: 10, maxBytes: 1000));
    }

    public void Dispose()
    {
        _disk.Set();
        _writer.Dispose();
        _disk.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1, 600)] // bytes
    [InlineData(10, 1)] // count
    public async Task What_has_no_room_waits_a_little_and_then_all_are_refused_at_once_until_the_disk_answers(int count, int bytes)
    {
        var stalled = Enumerable.Range(0, count).Select(_ => WriteAsync(bytes)).ToList();

        var waiting = WriteAsync(bytes);
        Assert.False(waiting.IsCompleted);
        _time.Advance(WriteRoom.Patience);
        await AssertRefusedAsync(waiting);
        var next = WriteAsync(bytes);
        Assert.True(next.IsFaulted); // without the clock moving
        await AssertRefusedAsync(next);

        _disk.Set();
        await Task.WhenAll(stalled);
        await WriteAsync(bytes);
    }

    [Fact]
    public async Task What_finds_room_in_time_is_written()
    {
        var first = WriteAsync(600);
        var second = WriteAsync(600);

        _disk.Set();

        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Results_need_no_room()
    {
        var accept = WriteAsync(1000);
        var result = WriteAsync(null);

        _disk.Set();

        await Task.WhenAll(accept, result);
    }

    [Fact]
    public async Task What_is_larger_than_all_the_room_has_it_for_itself()
    {
        _disk.Set();

        await WriteAsync(5000);
    }

    private static async Task AssertRefusedAsync(Task write) =>
        Assert.Equal(WebhookStoreProblem.Unavailable, (await Assert.ThrowsAsync<WebhookStoreException>(() => write)).Problem);

    private Task WriteAsync(int? bytes) => _writer.RunAsync(
        _ =>
        {
            _disk.Wait();
            return true;
        }, bytes, CancellationToken.None).AsTask();
}
