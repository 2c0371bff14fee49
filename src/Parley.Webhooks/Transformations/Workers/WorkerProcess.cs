using System.ComponentModel;
using System.Diagnostics;

namespace Parley.Webhooks.Transformations.Workers;

/// <summary>A worker from the server's side. One request at a time.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Stream _requests;
    private readonly Stream _answers;
    private readonly ErrorTail _errors = new();
    private readonly Task _errorsRead;
    private readonly Lazy<Task> _end;

    private WorkerProcess(Process process)
    {
        _process = process;
        _end = new Lazy<Task>(EndAsync);
        Id = process.Id;
        _requests = process.StandardInput.BaseStream;
        _answers = process.StandardOutput.BaseStream;
        _errorsRead = _errors.ReadAsync(process.StandardError.BaseStream);
    }

    /// <summary>Process id.</summary>
    public int Id { get; }

    /// <summary>It can take no request any more. Not to be asked after its end was waited for.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The end of what it wrote to its standard error, as one line.</summary>
    public string Errors => _errors.ToString();

    /// <summary>The end of a worker of ours whose heap was too small even to say so.</summary>
    public bool DiedOfMemory =>
        Errors.Contains("Out of memory", StringComparison.Ordinal) || Errors.Contains(nameof(OutOfMemoryException), StringComparison.Ordinal);

    /// <summary>Starts a process, which need not have come to its first line yet.</summary>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static WorkerProcess Start(TransformationOptions options)
    {
        var process = new Process { StartInfo = WorkerStart.Describe(options) };
        try
        {
            process.Start();
            return new WorkerProcess(process);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>The next answer.</summary>
    /// <returns>Null when the worker has ended.</returns>
    /// <exception cref="InvalidDataException">The process is not a worker.</exception>
    public Task<WorkerAnswer?> ReadAsync() => Frames.ReadAsync(_answers, WorkerJson.Default.WorkerAnswer);

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="frame">An encoded <see cref="WorkerRequest"/>.</param>
    /// <returns>Null when the worker ended over it.</returns>
    /// <exception cref="InvalidDataException">The answer is none.</exception>
    public async Task<WorkerAnswer?> AskAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await _requests.WriteAsync(frame).ConfigureAwait(false);
            await _requests.FlushAsync().ConfigureAwait(false);
            return await ReadAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Ends the process at once; <see cref="DisposeAsync"/> waits until it is gone.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It has ended, or is just ending.
        }
    }

    /// <summary>Lets the worker end by itself, kills it when it does not, and waits until it is gone.</summary>
    public ValueTask DisposeAsync() => new(_end.Value);

    private async Task EndAsync()
    {
        try
        {
            _requests.Close(); // a worker ends when there can be no request any more
        }
        catch (IOException)
        {
            // What was not written yet goes nowhere.
        }

        if (!await HasEndedAsync(_process.WaitForExitAsync()).ConfigureAwait(false))
        {
            Kill();
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        await HasEndedAsync(_errorsRead).ConfigureAwait(false);
        _process.Dispose();
    }

    private static async Task<bool> HasEndedAsync(Task task)
    {
        await task.WaitAsync(EndTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
