using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

/// <summary>Keeps webhooks in an SQLite file that this process alone uses.</summary>
/// <param name="path">The file.</param>
/// <param name="time">Stamps what is written.</param>
/// <param name="logger">Null: nobody hears.</param>
internal sealed partial class SqliteWebhookStore(string path, TimeProvider time, ILogger<SqliteWebhookStore>? logger = null) : IWebhookStore
{
    private readonly DatabaseFile _file = new(path);
    private readonly LogKeeper _log = new(Path.GetFullPath(path), time, logger ?? NullLogger<SqliteWebhookStore>.Instance);
    private SqliteWriter? _writer;
    private SqliteReaders? _readers;

    private SqliteWriter Writer => _writer ?? throw new InvalidOperationException("The store is not open.");

    private SqliteReaders Readers => _readers ?? throw new InvalidOperationException("The store is not open.");

    public Task OpenAsync(IStoreListener? listener = null, CancellationToken cancellationToken = default)
    {
        _file.Prepare();
        _readers = new SqliteReaders(_file.OpenReader);
        _writer = new SqliteWriter(_file.OpenWriter, new WriteRoom(time), _log);
        return ReleaseLeasesAsync(cancellationToken);
    }

    /// <summary>Has figures read when somebody looks.</summary>
    public void Observe(IMeterFactory meters) => meters.Create(WebhookMetrics.MeterName).CreateObservableGauge(
        "parley.webhooks.sqlite.log.size", () => _log.Size, "By", "SQLite's log (-wal), which grows while somebody reads the database for long");

    public ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        _readers?.Dispose();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<T> QueryAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken) => Readers.RunAsync(read, cancellationToken);

    /// <param name="write">What to do.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    /// <param name="bytes">What it brings from outside, which needs room to wait in; null for work of this process's own, which is bounded already.</param>
    private ValueTask<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken, int? bytes = null) =>
        Writer.RunAsync(write, bytes, cancellationToken);

    /// <summary>Nobody else can hold a lease on this file, so those in it are of a process that is gone.</summary>
    private async Task ReleaseLeasesAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await WriteAsync(session => session.Run("UPDATE deliveries SET due_at = ?1 WHERE due_at IS NOT NULL AND state = 1", now), cancellationToken);
    }
}
