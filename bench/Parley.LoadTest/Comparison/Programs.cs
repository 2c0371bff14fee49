using System.ComponentModel;
using System.Diagnostics;

namespace Parley.LoadTest.Comparison;

/// <summary>Runs programs that end by themselves.</summary>
internal static class Programs
{
    private const int NotFound = 127;

    /// <summary>Runs a program and answers how it ended and all it wrote.</summary>
    public static (int ExitCode, string Output) Run(string? folder, params IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = folder ?? "",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception exception)
        {
            return (NotFound, exception.Message);
        }
    }

    /// <summary>Whether a program is in the search path, or a file of an absolute path is there.</summary>
    public static bool Exist(string program) => Path.IsPathRooted(program)
        ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
