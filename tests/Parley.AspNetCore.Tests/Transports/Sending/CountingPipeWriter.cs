using System.IO.Pipelines;

namespace Parley.AspNetCore.Tests.Transports.Sending;

/// <summary>Counts the flushes on their way to a pipe.</summary>
internal sealed class CountingPipeWriter(PipeWriter writer) : PipeWriter
{
    private int _flushes;

    public int Flushes => Volatile.Read(ref _flushes);

    /// <summary>Thrown in place of the next write, as a stream that failed does.</summary>
    public Exception? Failure { get; set; }

    public override void Advance(int bytes) => writer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => Failure is null ? writer.GetMemory(sizeHint) : throw Failure;

    public override Span<byte> GetSpan(int sizeHint = 0) => Failure is null ? writer.GetSpan(sizeHint) : throw Failure;

    public override void CancelPendingFlush() => writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => writer.Complete(exception);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _flushes);
        return writer.FlushAsync(cancellationToken);
    }
}
