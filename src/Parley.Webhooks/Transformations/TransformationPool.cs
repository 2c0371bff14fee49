using System.ComponentModel;
using Microsoft.Extensions.Logging;
using Parley.Webhooks.Transformations.Workers;

namespace Parley.Webhooks.Transformations;

/// <summary>Runs scripts in processes of their own, which are started when there is a script to run.</summary>
/// <remarks>
/// A script that ends its process, or does not end in time, fails alone: the others have workers of their own, and the next one
/// gets a new worker. Workers end with the stream from this process, so none is left behind, however this one ends.
/// </remarks>
internal sealed partial class TransformationPool(TransformationOptions options, TimeProvider time, ILogger<TransformationPool> logger) : ITransformer
{
    private readonly WorkerSet _workers = new(options.IdleTime, time);
    private readonly SemaphoreSlim _places = new(options.Workers, options.Workers);
    private readonly CancellationTokenSource _stopping = new();
    private int _waiting;

    /// <summary>The ids of all worker processes that may still run.</summary>
    public int[] ProcessIds => _workers.ProcessIds;

    /// <inheritdoc/>
    public async ValueTask<TransformationResult> TransformAsync(string script, TransformationInput input, CancellationToken cancellationToken)
    {
        if (script.Length > TransformationRules.MaxScriptLength)
            return new TransformationResult.Failed(TransformationErrors.ScriptError, "The script is longer than 256 KiB.");
        var limits = new ScriptLimits(options.ScriptTime, options.ScriptBytes, options.ScriptStatements);
        if (Frames.Encode(new WorkerRequest(script, input, limits), WorkerJson.Default.WorkerRequest) is not { } frame)
            return new TransformationResult.Failed(TransformationErrors.OutOfMemory, "The webhook is too large for a script.");
        if (await EnterAsync(cancellationToken).ConfigureAwait(false) is { } refusal)
            return refusal;

        // Goes on when the caller does not wait any longer: its worker is free only after the answer.
        return await RunAsync(frame).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends all workers, and waits until they are gone.</summary>
    /// <remarks>Scripts that run or wait, and those that come later, get <see cref="TransformationErrors.WorkerUnavailable"/>.</remarks>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _workers.DisposeAsync().ConfigureAwait(false);
    }

    private static TransformationResult.Failed Unavailable(string message) => new(TransformationErrors.WorkerUnavailable, message);

    /// <summary>Waits until one of the workers is free.</summary>
    /// <returns>Null when the caller has a place, which it must give back; else why not.</returns>
    private async Task<TransformationResult.Failed?> EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_places.Wait(TimeSpan.Zero, CancellationToken.None)) return null;

        try
        {
            if (Interlocked.Increment(ref _waiting) > options.MaxWaiting)
                return Unavailable("Too many webhooks wait for their scripts.");

            using var limit = new CancellationTokenSource(options.WaitTime, time);
            using var any = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token, cancellationToken);
            await _places.WaitAsync(any.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unavailable("Other scripts took all the time.");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<TransformationResult> RunAsync(byte[] frame)
    {
        try
        {
            return (_workers.Take() ?? await StartAsync().ConfigureAwait(false)) is { } worker
                ? await AskAsync(worker, frame).ConfigureAwait(false)
                : Unavailable("The process for scripts did not start.");
        }
        finally
        {
            _places.Release();
        }
    }

    /// <returns>A worker that is ready; null when there is none, which is logged.</returns>
    private async Task<WorkerProcess?> StartAsync()
    {
        if (_workers.IsClosed) return null;

        WorkerProcess worker;
        try
        {
            worker = WorkerProcess.Start(options);
        }
        catch (Win32Exception exception)
        {
            LogNotStarted(exception, options.Command.Program);
            return null;
        }

        if (_workers.TryAdd(worker) && await IsReadyAsync(worker).ConfigureAwait(false))
        {
            LogStarted(worker.Id);
            return worker;
        }

        worker.Kill();
        await _workers.RemoveAsync(worker).ConfigureAwait(false);
        if (!_workers.IsClosed) LogNotReady(worker.Id, options.Command.Program, worker.Errors);
        return null;
    }

    private async Task<bool> IsReadyAsync(WorkerProcess worker)
    {
        try
        {
            using var limit = new CancellationTokenSource(options.StartTime, time);
            return await worker.ReadAsync().WaitAsync(limit.Token).ConfigureAwait(false) is { Result: null };
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidDataException or IOException)
        {
            return false;
        }
    }

    private async Task<TransformationResult> AskAsync(WorkerProcess worker, byte[] frame)
    {
        try
        {
            using var limit = new CancellationTokenSource(options.WallTime, time);
            if (await worker.AskAsync(frame).WaitAsync(limit.Token).ConfigureAwait(false) is { Result: { } result } answer)
            {
                if (answer.IsLast)
                    await _workers.RemoveAsync(worker).ConfigureAwait(false);
                else
                    _workers.Put(worker);

                // Checked here again, for a worker is where scripts are.
                return (result is TransformationResult.Changed changed ? TransformationRules.Check(changed) : null) ?? result;
            }
        }
        catch (OperationCanceledException)
        {
            await KillAsync(worker).ConfigureAwait(false);
            LogKilled(worker.Id, options.WallTime);
            return new TransformationResult.Failed(TransformationErrors.Timeout, "The script took too long, and was ended with its worker.");
        }
        catch (InvalidDataException)
        {
            // As if it had ended: what it says cannot be trusted any more.
        }

        await KillAsync(worker).ConfigureAwait(false);
        return DescribeEnd(worker);
    }

    private TransformationResult.Failed DescribeEnd(WorkerProcess worker)
    {
        if (_workers.IsClosed) return Unavailable("The server is stopping.");

        LogDied(worker.Id, worker.Errors);
        return worker.DiedOfMemory
            ? new TransformationResult.Failed(TransformationErrors.OutOfMemory, "The script used all memory of its worker.")
            : new TransformationResult.Failed(TransformationErrors.ScriptError, "The script ended its worker.");
    }

    private async Task KillAsync(WorkerProcess worker)
    {
        worker.Kill();
        await _workers.RemoveAsync(worker).ConfigureAwait(false);
    }
}
