using System.Diagnostics;
using System.Globalization;

namespace Parley.Webhooks.Transformations.Workers;

/// <summary>With what a worker is started: as little as it can do with.</summary>
internal static class WorkerStart
{
    // What the runtime needs to find itself; on Windows no program starts without the last.
    private static readonly string[] Kept = ["PATH", "HOME", "DOTNET_ROOT", "SystemRoot"];

    public static ProcessStartInfo Describe(TransformationOptions options)
    {
        var start = new ProcessStartInfo(options.Command.Program, options.Command.Arguments)
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        start.Environment.Clear(); // the server's has its secrets
        foreach (var name in Kept)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value) start.Environment[name] = value;
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = options.HeapBytes.ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // no debugger socket in the temp folder
        return start;
    }
}
