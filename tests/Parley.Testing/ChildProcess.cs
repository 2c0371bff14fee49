using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Parley.Testing;

/// <summary>A process that a test starts, listens to and ends; it does not outlive the tests.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    // What is still running when the test process ends in the middle of a test.
    private static readonly HashSet<ChildProcess> Running = [];

    private readonly Lock _gate = new();
    private readonly Process _process = new();
    private readonly string _name;
    private readonly StringBuilder _output = new();
    private readonly List<string> _lines = [];
    private readonly List<string> _errorLines = [];
    private TaskCompletionSource _more = NewSignal();
    private bool _hasEnded;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        lock (Running)
        {
            foreach (var child in Running)
                child.KillNow(withItsOwn: true);
        }
    };

    private ChildProcess(string name, ProcessStartInfo start)
    {
        _name = name;
        _process.StartInfo = start;
        _process.EnableRaisingEvents = true;
        _process.OutputDataReceived += (_, line) => Take(line.Data, isOutput: true);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, isOutput: false);
    }

    /// <summary>Process id.</summary>
    public int Id { get; private set; }

    /// <summary>Completes with the exit code when the process has ended and all of its output was read.</summary>
    public Task<int> Exit { get; private set; } = Task.FromResult(0);

    /// <summary>All lines so far, of output and error, in the order in which they came.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
                return _output.ToString();
        }
    }

    /// <summary>The lines of standard output so far, each with its end.</summary>
    public string StandardOutput => Join(_lines);

    /// <summary>The lines of standard error so far, each with its end.</summary>
    public string StandardError => Join(_errorLines);

    /// <summary>Starts a program without a shell; its standard input, output and error belong to the test.</summary>
    /// <param name="program">Name in the search path, or full path.</param>
    /// <param name="arguments">As they are, without quotes.</param>
    /// <param name="workingDirectory">Null: that of the tests.</param>
    /// <param name="environment">Added to that of the tests; a null value removes a variable.</param>
    /// <exception cref="InvalidOperationException">The program is not there: ./test installs what the tests need.</exception>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string? workingDirectory = null, IEnumerable<KeyValuePair<string, string?>>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;

        var child = new ChildProcess(Path.GetFileName(program), start);
        try
        {
            child._process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"'{program}' could not be started; ./test installs what the tests need.", exception);
        }

        child.Id = child._process.Id;
        lock (Running)
            Running.Add(child);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        child.Exit = child.WaitForExitAsync();
        return child;
    }

    /// <summary>Writes a line to its standard input.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>The lines of its standard output, from the first, until it ends.</summary>
    public async IAsyncEnumerable<string> ReadLinesAsync()
    {
        for (var next = 0; ;)
        {
            var (line, more) = Look(next);
            if (line is not null)
            {
                next++;
                yield return line;
            }
            else if (more is not null)
            {
                await more;
            }
            else
            {
                yield break;
            }
        }
    }

    /// <summary>Waits for a line of standard output; lines that came before count too.</summary>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    public async Task<string> WaitForLineAsync(Predicate<string> isMeant)
    {
        try
        {
            return await FindLineAsync(isMeant).WaitAsync(Patience.Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(Describe("did not print the line that was waited for"));
        }
    }

    /// <summary>Asks the process to end (SIGTERM).</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Asks the process to end as Ctrl+C does (SIGINT).</summary>
    public void Interrupt() => Signal(SigInt);

    /// <summary>Ends the process at once (SIGKILL).</summary>
    public async Task KillAsync()
    {
        KillNow();
        await Exit;
    }

    /// <summary>Asks the process to end and waits for it; kills it when it does not.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It did not end in time and was killed.</exception>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
            Terminate();
        try
        {
            return await Exit.WaitAsync(Patience.Limit);
        }
        catch (TimeoutException)
        {
            await KillAsync();
            throw new TimeoutException(Describe("did not end when asked to and was killed"));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            _process.Dispose();
        }
    }

    /// <summary>A sentence about this process, with all its output.</summary>
    public string Describe(string what) => string.Create(CultureInfo.InvariantCulture, $"{_name} ({Id}) {what}. Its output:\n{Output}");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<string> FindLineAsync(Predicate<string> isMeant)
    {
        await foreach (var line in ReadLinesAsync())
        {
            if (isMeant(line))
                return line;
        }

        throw new InvalidOperationException(Describe($"ended with exit code {await Exit} before the line that was waited for"));
    }

    /// <summary>A line of the output; else what completes when there may be more; neither when that was all.</summary>
    private (string? Line, Task? More) Look(int index)
    {
        lock (_gate)
            return index < _lines.Count ? (_lines[index], null) : (null, _hasEnded ? null : _more.Task);
    }

    private void Take(string? line, bool isOutput)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            _output.AppendLine(line);
            (isOutput ? _lines : _errorLines).Add(line);
            _more.SetResult();
            _more = NewSignal();
        }
    }

    private void Signal(int signal)
    {
        if (SendSignal(Id, signal) != 0 && !_process.HasExited)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    private string Join(List<string> lines)
    {
        lock (_gate)
            return string.Concat(lines.Select(static line => line + "\n"));
    }

    private async Task<int> WaitForExitAsync()
    {
        // Also waits until both streams have been read to their ends.
        await _process.WaitForExitAsync();
        lock (Running)
            Running.Remove(this);
        lock (_gate)
        {
            _hasEnded = true;
            _more.SetResult();
        }

        return _process.ExitCode;
    }

    private void KillNow(bool withItsOwn = false)
    {
        try
        {
            _process.Kill(entireProcessTree: withItsOwn);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
