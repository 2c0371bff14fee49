using Microsoft.Extensions.Logging;

namespace Parley.Webhooks.Sqlite;

/// <summary>Keeps SQLite's log (<c>-wal</c>) short. Used by the thread that writes.</summary>
/// <remarks>
/// SQLite begins it anew when nobody reads from it. Somebody may always do so, if each only for a moment, or one for long, as a backup does:
/// then it only grows, until it is emptied in a moment in which readers wait for the file.
/// </remarks>
/// <param name="path">The database.</param>
/// <param name="time">Measures pauses.</param>
/// <param name="logger">Hears when it cannot be emptied.</param>
internal sealed partial class LogKeeper(string path, TimeProvider time, ILogger logger)
{
    /// <summary>How long writes wait for readers to be done.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly FileInfo _file = new(path + "-wal");
    private long? _failedAt;
    private bool _isTold;

    /// <summary>Bytes from which it is emptied.</summary>
    public long Limit { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes that it has.</summary>
    public long Size
    {
        get
        {
            _file.Refresh();
            return _file.Exists ? _file.Length : 0;
        }
    }

    /// <summary>Empties it when it is too long and nobody is in the way.</summary>
    public void Look(SqliteSession session)
    {
        if (Size is var size && size <= Limit)
            return;
        var hasFailed = _failedAt is not null;
        if (_failedAt is { } at && time.GetElapsedTime(at) < Pause)
            return;
        if (session.TryEmptyLog(Patience))
        {
            if (_isTold)
                LogEmptied(logger);
            (_failedAt, _isTold) = (null, false);
            return;
        }

        _failedAt = time.GetTimestamp();
        if (hasFailed && !_isTold)
            LogGrows(logger, _file.FullName, size / 1024 / 1024);
        _isTold |= hasFailed;
    }

    [LoggerMessage(EventId = 5120, Level = LogLevel.Warning,
        Message = "{File} has grown to {Megabytes} MB, because somebody reads the database for long, as a backup does; it grows until that ends")]
    private static partial void LogGrows(ILogger logger, string file, long megabytes);

    [LoggerMessage(EventId = 5121, Level = LogLevel.Information, Message = "The webhooks' database is read by nobody for long any more, and its log is short again")]
    private static partial void LogEmptied(ILogger logger);
}
