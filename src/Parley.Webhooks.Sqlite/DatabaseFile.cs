using Microsoft.Data.Sqlite;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

/// <summary>Opens the file and brings it up to date; refuses one that is damaged, newer, or somebody else's.</summary>
internal sealed class DatabaseFile : IDisposable
{
    private const long MaxFullyChecked = 64 * 1024 * 1024;

    // FULL: a commit is on disk before it is answered. With NORMAL the last ones are gone after a power failure.
    private const string WriterPragmas = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA journal_size_limit = 67108864;
        PRAGMA cache_size = -32768;
        PRAGMA temp_store = MEMORY;
        PRAGMA foreign_keys = OFF;
        """;

    private const string ReaderPragmas = "PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY; PRAGMA query_only = ON;";

    private readonly string _path;
    private FileStream? _lock;

    public DatabaseFile(string path) => _path = Path.GetFullPath(path);

    /// <exception cref="WebhookStoreException">It cannot be used.</exception>
    public void Prepare()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            TakeLock();
            if (!File.Exists(_path))
                Create();
            Check();
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.IsDamage(exception) ? Damaged(exception.Message, exception) : Unusable(exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(exception);
        }
    }

    public SqliteSession OpenWriter() => SqliteSession.Open(_path, SqliteOpenMode.ReadWrite, WriterPragmas);

    public SqliteSession OpenReader() => SqliteSession.Open(_path, SqliteOpenMode.ReadOnly, ReaderPragmas);

    public void Dispose() => _lock?.Dispose();

    /// <summary>Two processes on one file would each take the other's deliveries for their own.</summary>
    private void TakeLock()
    {
        try
        {
            _lock = new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(_path + ".lock"))
        {
            throw new WebhookStoreException(WebhookStoreProblem.InUse,
                $"{_path} is in use by another process. Stop it, or give each a data directory of its own; "
                + "several nodes share webhooks with PostgreSQL.", exception);
        }
    }

    /// <summary>Under another name until it is whole: an empty file under the right one was cut off, and is not to be taken for new.</summary>
    private void Create()
    {
        if (File.Exists(_path + "-wal"))
            throw Damaged("its log (-wal) is there and the file itself is not");
        var unfinished = _path + ".new";
        foreach (var rest in new[] { "", "-wal", "-shm", "-journal" })
            File.Delete(unfinished + rest);
        using (var session = SqliteSession.Open(unfinished, SqliteOpenMode.ReadWriteCreate, "PRAGMA synchronous = FULL;"))
            Migrate(session, from: 0);
        // Payloads are nobody else's business; SQLite gives the files beside it the same mode.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(unfinished, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(unfinished, _path);
    }

    private void Check()
    {
        if (new FileInfo(_path).Length == 0)
            throw Damaged("it is empty");

        using var session = OpenWriter();
        var version = session.Number("PRAGMA user_version")!.Value;
        if (session.Number("PRAGMA application_id") != Schema.ApplicationId)
            throw Damaged("it is not a database of Parley's webhooks");
        if (version > Schema.Migrations.Length)
        {
            throw new WebhookStoreException(WebhookStoreProblem.TooNew,
                $"{_path} has version {version}, and this program knows {Schema.Migrations.Length} at most. Use the program that wrote it, or a newer one.");
        }

        CheckPages(session);
        if (version == Schema.Migrations.Length)
            return;
        // An index of a large table is sorted on disk, not in memory.
        session.RunScript("PRAGMA temp_store = FILE");
        Migrate(session, (int)version);
    }

    /// <summary>A large file is not read through at every start; that it was cut short is noticed in any case.</summary>
    private void CheckPages(SqliteSession session)
    {
        session.TryEmptyLog(patience: TimeSpan.Zero);
        var pages = session.Number("PRAGMA page_count")!.Value;
        var size = session.Number("PRAGMA page_size")!.Value;
        var length = new FileInfo(_path).Length;
        if (length < pages * size)
            throw Damaged($"{pages * size - length} bytes are missing at its end");
        if (length <= MaxFullyChecked && session.Text("PRAGMA quick_check(1)") is { } verdict and not "ok")
            throw Damaged(verdict);
    }

    private static void Migrate(SqliteSession session, int from)
    {
        session.Run("BEGIN IMMEDIATE");
        for (var version = from; version < Schema.Migrations.Length; version++)
            session.RunScript(Schema.Migrations[version]);
        session.RunScript($"PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = {Schema.Migrations.Length};");
        session.Run("COMMIT");
    }

    private WebhookStoreException Damaged(string what, Exception? exception = null) => new(WebhookStoreProblem.Damaged,
        $"{_path} is damaged: {what}. Restore it from a backup, or move it away to start without the webhooks in it.", exception);

    private WebhookStoreException Unusable(Exception exception) => new(WebhookStoreProblem.Unavailable,
        $"{_path} cannot be used ({exception.Message}). Let this user write there, or name another folder as Parley:DataDirectory.", exception);
}
