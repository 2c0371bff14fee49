using Parley.Webhooks.Sqlite.Tests.Faults;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite.Tests;

/// <summary>The disk answers with errors. What it failed for is told, what was answered stays, and it goes on when the disk is well again.</summary>
public sealed class InputOutputErrorTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _left = new();
    private readonly List<Guid> _answered = [];
    private FaultyDisk _disk = null!;
    private SqliteWebhookStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _disk = new FaultyDisk(_folder.Path);
        _store = new SqliteWebhookStore(_folder.File("webhooks.db"), TimeProvider.System);
        await _store.OpenAsync();
        await AddAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _disk.Dispose();
        _folder.Dispose();
        _left.Dispose();
    }

    [Theory]
    [InlineData("Sync", FaultyDisk.CannotSync)]
    [InlineData("Write", FaultyDisk.CannotWrite)]
    public async Task A_commit_that_cannot_be_written_or_synced_is_not_answered(string call, int error)
    {
        _disk.FailBy((made, file) => made.ToString() == call && file == "webhooks.db-wal" ? error : null);
        for (var time = 0; time < 3; time++)
        {
            var exception = await Assert.ThrowsAsync<WebhookStoreException>(AddAsync);
            Assert.Equal(WebhookStoreProblem.Unavailable, exception.Problem);
        }

        _disk.Heal();
        await AddAsync();

        await AssertAllThereAsync(_store);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_a_sync_failed_for_takes_nothing_along_that_is_answered_later_and_then_the_power_goes(int seed)
    {
        // The system takes what a sync failed for as written: it never writes it again, and shows it as if it were there.
        _disk.FailBy(static (call, _) => call is DiskCall.Sync ? FaultyDisk.CannotSync : null);
        await Assert.ThrowsAsync<WebhookStoreException>(AddAsync);
        _disk.Heal();
        for (var time = 0; time < 5; time++)
            await AddAsync();
        _disk.CutPower();
        _disk.CopyTo(_left.Path, new Random(seed));

        await using var store = new SqliteWebhookStore(_left.File("webhooks.db"), TimeProvider.System);
        await store.OpenAsync();

        await AssertAllThereAsync(store);
    }

    [Theory]
    [InlineData("Write", FaultyDisk.CannotWrite)]
    [InlineData("Sync", FaultyDisk.CannotSync)]
    public async Task A_checkpoint_that_fails_costs_no_write_and_loses_nothing(string call, int error)
    {
        _disk.FailBy((made, file) => made.ToString() == call && file == "webhooks.db" ? error : null);
        // More than the log has before it is brought into the file.
        for (var time = 0; time < 20; time++)
            await AddAsync(1_000_000);
        await AssertAllThereAsync(_store);

        _disk.Heal();
        await AddAsync();
        _disk.CutPower();
        _disk.CopyTo(_left.Path, new Random(1));
        await using var store = new SqliteWebhookStore(_left.File("webhooks.db"), TimeProvider.System);
        await store.OpenAsync();
        await AssertAllThereAsync(store);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_to_be_unavailable_and_not_to_be_missing()
    {
        await _store.DisposeAsync();
        _store = new SqliteWebhookStore(_folder.File("webhooks.db"), TimeProvider.System);
        await _store.OpenAsync();
        _disk.FailBy(static (call, _) => call is DiskCall.Read ? FaultyDisk.CannotRead : null);

        var exception = await Assert.ThrowsAsync<WebhookStoreException>(() => _store.ReadAsync(ResourceKind.Application, _answered[0]).AsTask());
        Assert.Equal(WebhookStoreProblem.Unavailable, exception.Problem);

        _disk.Heal();
        await AssertAllThereAsync(_store);
    }

    private Task AddAsync() => AddAsync(2_000);

    private async Task AddAsync(int bytes)
    {
        var id = Guid.CreateVersion7();
        await _store.AddAsync(new Resource { Kind = ResourceKind.Application, Id = id, Document = new byte[bytes] });
        _answered.Add(id);
    }

    private async Task AssertAllThereAsync(SqliteWebhookStore store)
    {
        foreach (var id in _answered)
            Assert.NotNull(await store.ReadAsync(ResourceKind.Application, id));
    }
}
