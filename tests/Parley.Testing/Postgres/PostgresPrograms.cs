using System.Globalization;

namespace Parley.Testing.Postgres;

/// <summary>The programs of PostgreSQL, which Debian keeps out of the search path, and who may run them.</summary>
internal sealed class PostgresPrograms
{
    private const string DebianFolder = "/usr/lib/postgresql";
    private const string User = "postgres";

    private readonly string _folder;

    private PostgresPrograms(string folder) => _folder = folder;

    /// <summary>The newest that is installed.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static PostgresPrograms Find()
    {
        var folders = Directory.Exists(DebianFolder) ? Directory.GetDirectories(DebianFolder) : [];
        var newest = folders.Where(static folder => File.Exists(Path.Combine(folder, "bin", "postgres")))
            .MaxBy(static folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0);
        var found = newest is not null
            ? Path.Combine(newest, "bin")
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "postgres")));
        return new PostgresPrograms(found ?? throw new InvalidOperationException("PostgreSQL is not installed; ./test installs what the tests need."));
    }

    /// <summary>Starts a program; what it writes to its standard error comes on its standard output.</summary>
    public ChildProcess Start(string program, IEnumerable<string> arguments, string workingDirectory) => ChildProcess.Start(
        "/bin/sh", ["-c", "exec \"$@\" 2>&1", "sh", .. AsUser(), Path.Combine(_folder, program), .. arguments], workingDirectory,
        [new("LC_ALL", "C")]);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> RunAsync(string program, IEnumerable<string> arguments, string workingDirectory)
    {
        await using var process = Start(program, arguments, workingDirectory);
        var exitCode = await process.Exit.WaitAsync(Patience.Limit);
        return exitCode == 0 ? process.StandardOutput : throw new InvalidOperationException(process.Describe($"ended with exit code {exitCode}"));
    }

    /// <summary>Gives a folder to whom the programs run as.</summary>
    public async Task OwnAsync(string folder)
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        await using var process = ChildProcess.Start("chown", [$"{User}:", folder]);
        if (await process.Exit.WaitAsync(Patience.Limit) is var exitCode and not 0)
            throw new InvalidOperationException(process.Describe($"ended with exit code {exitCode}"));
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string[] AsUser() =>
        Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--init-groups", "--"] : [];
}
