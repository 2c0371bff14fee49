using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

/// <summary>Keeps webhooks in an SQLite file that this process alone uses.</summary>
internal sealed partial class SqliteWebhookStore(string path) : IWebhookStore
{
    private readonly DatabaseFile _file = new(path);
    private SqliteWriter? _writer;
    private SqliteReaders? _readers;

    private SqliteWriter Writer => _writer ?? throw new InvalidOperationException("The store is not open.");

    public Task OpenAsync(IStoreListener? listener = null, CancellationToken cancellationToken = default)
    {
        _file.Prepare();
        _readers = new SqliteReaders(_file.OpenReader);
        _writer = new SqliteWriter(_file.OpenWriter);
        return ReleaseLeasesAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        _readers?.Dispose();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private T Read<T>(Func<SqliteSession, T> read) => (_readers ?? throw new InvalidOperationException("The store is not open.")).Run(read);

    private ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken) => Writer.RunAsync(write, cancellationToken);

    /// <summary>Nobody else can hold a lease on this file, so those in it are of a process that is gone.</summary>
    private async Task ReleaseLeasesAsync(CancellationToken cancellationToken) =>
        await WriteAsync(static session => session.Run("UPDATE deliveries SET due_at = 0 WHERE due_at IS NOT NULL AND state = 1"), cancellationToken);
}
