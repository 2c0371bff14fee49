using System.Globalization;
using Xunit;

namespace Parley.Testing.Postgres;

/// <summary>A real PostgreSQL server of the tests' own, in an empty folder; each test takes a database of its own.</summary>
/// <remarks>It listens on a Unix socket in its folder and on nothing else, so that no port can be taken. Everybody is let in.</remarks>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Administrator = "postgres";
    private static int _databases;

    private readonly string _folder = Directory.CreateTempSubdirectory("parley-postgres-").FullName;
    private readonly PostgresPrograms _programs = PostgresPrograms.Find();
    private ChildProcess? _process;

    /// <summary>The process it runs in; its end takes all of the server's processes along.</summary>
    public ChildProcess Process => _process ?? throw new InvalidOperationException("PostgreSQL is not running.");

    private string Data => Path.Combine(_folder, "data");

    /// <summary>For Npgsql.</summary>
    public string ConnectionStringOf(string database) => $"Host={_folder};Username={Administrator};Database={database}";

    /// <summary>For Npgsql: this one or its standby, whichever is the primary.</summary>
    public string ConnectionStringOf(string database, PostgresServer standby) =>
        $"Host={_folder},{standby._folder};Host Recheck Seconds=1;Username={Administrator};Database={database}";

    /// <summary>Makes an empty database that no other test has.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync("postgres", $"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>Runs SQL as psql does.</summary>
    /// <returns>Its rows, one a line, with <c>|</c> between columns.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> ExecuteAsync(string database, string sql) => (await _programs.RunAsync(
        "psql", ["-h", _folder, "-U", Administrator, "-d", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql], _folder)).TrimEnd('\n');

    /// <summary>Starts it, also again after it was stopped or killed.</summary>
    public async Task StartAsync()
    {
        while (!await TryStartAsync())
            await ForgetAsync();
    }

    /// <summary>Stops it as an operator does: connections are cut, and nothing is lost.</summary>
    public async Task StopAsync()
    {
        Process.Interrupt();
        await Process.Exit.WaitAsync(Patience.Limit);
        await ForgetAsync();
    }

    /// <summary>Starts a standby, which has all that this one has confirmed, and answers readers.</summary>
    public async Task<PostgresServer> StartStandbyAsync()
    {
        var standby = new PostgresServer();
        await _programs.OwnAsync(standby._folder);
        await _programs.RunAsync(
            "pg_basebackup", ["-h", _folder, "-U", Administrator, "-D", standby.Data, "-R", "-X", "stream", "-c", "fast", "--no-sync"], standby._folder);
        await standby.StartAsync();
        // One statement a call: none of them may be in a transaction.
        await ExecuteAsync("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        await ExecuteAsync("postgres", "SELECT pg_reload_conf()");
        return standby;
    }

    /// <summary>Makes a standby the primary.</summary>
    public Task PromoteAsync() => ExecuteAsync("postgres", "SELECT pg_promote()");

    /// <summary>Ends it without a chance to say goodbye, as a crash does.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await ForgetAsync();
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await _programs.OwnAsync(_folder);
        await _programs.RunAsync("initdb", ["-D", Data, "-U", Administrator, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"], _folder);
        await StartAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_process is not null)
                await StopAsync();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <returns>False when processes of the one that was killed have not noticed its end yet.</returns>
    private async Task<bool> TryStartAsync()
    {
        _process = _programs.Start("postgres", ["-D", Data, "-k", _folder, "-c", "listen_addresses=", "-c", "max_connections=300", "-c", "shared_buffers=64MB"], _folder);
        try
        {
            await _process.WaitForLineAsync(static line => line.Contains("ready to accept", StringComparison.Ordinal));
            return true;
        }
        catch (InvalidOperationException) when (_process.Output.Contains("pre-existing shared memory block", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private async Task ForgetAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }
}
