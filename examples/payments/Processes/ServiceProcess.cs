using System.Diagnostics;

namespace Payments.Processes;

/// <summary>A program that is started again whenever it ends, as systemd or Kubernetes does.</summary>
/// <param name="name">For people, and for its log.</param>
/// <param name="assembly">The program.</param>
/// <param name="address">Where it listens, each time.</param>
/// <param name="folder">Where it works, and its log is.</param>
internal sealed class ServiceProcess(string name, string assembly, Uri address, DirectoryInfo folder) : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _hasStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    public Uri Address => address;

    private string LogFile => Path.Combine(folder.FullName, name + ".log");

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="settings">Its environment, beside that of this process.</param>
    /// <exception cref="ServiceFailedException">It ended before it listened.</exception>
    public async Task StartAsync(Dictionary<string, string> settings)
    {
        _running = KeepRunningAsync(settings);
        await await Task.WhenAny(_running, _hasStarted.Task);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task KeepRunningAsync(Dictionary<string, string> settings)
    {
        await using var log = new StreamWriter(LogFile, append: true) { AutoFlush = true };
        while (true)
        {
            var exitCode = await RunOnceAsync(settings, TextWriter.Synchronized(log));
            if (_stopping.IsCancellationRequested)
                return;
            if (!_hasStarted.Task.IsCompleted)
                throw new ServiceFailedException($"{name} did not start: see {LogFile}");
            Console.WriteLine($"{name} has ended ({exitCode}) and is started again");
            await Task.Delay(Rest, _stopping.Token);
        }
    }

    private async Task<int> RunOnceAsync(Dictionary<string, string> settings, TextWriter log)
    {
        var isListening = false;
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo("dotnet", ["exec", assembly, "--urls", $"{address.Scheme}://{address.Authority}"])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process.StartInfo.Environment["Logging__LogLevel__Microsoft.AspNetCore"] = "Warning";
        foreach (var (key, value) in settings)
            process.StartInfo.Environment[key] = value;
        process.OutputDataReceived += (_, line) =>
        {
            log.WriteLine(line.Data);
            if (isListening || line.Data?.Contains("listening on", StringComparison.Ordinal) is not true)
                return;
            isListening = true;
            Console.WriteLine($"{name,-12} pid {process.Id,-8} {address}");
            _hasStarted.TrySetResult();
        };
        process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        // Without asking it to: it must not matter.
        await using var killing = _stopping.Token.Register(process.Kill);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
