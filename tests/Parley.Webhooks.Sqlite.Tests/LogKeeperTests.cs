using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Webhooks.Sqlite.Tests;

/// <summary>SQLite's log, while others read the database.</summary>
public sealed class LogKeeperTests : IDisposable
{
    private const int Limit = 256 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly DatabaseFile _file;
    private readonly RecordedLog _recorded = new();
    private readonly LogKeeper _log;
    private readonly SqliteWriter _writer;

    public LogKeeperTests()
    {
        _file = new DatabaseFile(_folder.File("webhooks.db"));
        _file.Prepare();
        _log = new LogKeeper(_folder.File("webhooks.db"), _time, _recorded) { Limit = Limit };
        _writer = new SqliteWriter(_file.OpenWriter, new WriteRoom(_time), _log);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_grows_while_somebody_reads_for_long_is_told_of_and_is_short_again_afterwards()
    {
        using (var backup = _file.OpenReader())
        {
            backup.Run("BEGIN");
            backup.Number("SELECT count(*) FROM resources");
            await WriteAsync(2 * Limit);
            Assert.InRange(_log.Size, 2 * Limit, long.MaxValue);
            Assert.Empty(_recorded.Ids); // it may be over soon

            _time.Advance(TimeSpan.FromSeconds(10));
            await WriteAsync(1);
            _time.Advance(TimeSpan.FromSeconds(10));
            await WriteAsync(1);
            Assert.Equal([5120], _recorded.Ids);
            backup.Run("COMMIT");
        }

        _time.Advance(TimeSpan.FromSeconds(10));
        await WriteAsync(1);

        Assert.Equal([5120, 5121], _recorded.Ids);
        Assert.InRange(_log.Size, 0, Limit);
    }

    private async Task WriteAsync(int bytes)
    {
        await _writer.RunAsync(session => session.Run(
            "INSERT INTO resources (kind, id, parent, revision, document) VALUES (1, ?1, ?1, 1, ?2)", Guid.CreateVersion7(), new byte[bytes]),
            bytes, CancellationToken.None);
        // What looks after the log is behind the commit, and before the next one.
        await _writer.RunAsync(static session => session.Number("SELECT 1"), bytes: null, CancellationToken.None);
    }

    /// <summary>Keeps the ids of what is told.</summary>
    private sealed class RecordedLog : ILogger
    {
        public List<int> Ids { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Ids.Add(eventId.Id);
    }
}
