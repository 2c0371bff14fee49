using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Parley.LoadTest.Sockets;

/// <summary>
/// What a TLS session reads from and writes to in place of a socket. A read waits until bytes arrive and goes on inside the call that
/// brings them; what is written is kept until it is asked for.
/// </summary>
internal sealed unsafe class CipherStream : Stream, IValueTaskSource<int>
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _waiting;
    private bool _isWaiting;
    private bool _hasEnded;
    private byte* _arrived;
    private int _arrivedLength;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What was written since the last <see cref="ClearWritten"/>.</summary>
    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    public void ClearWritten() => _written.ResetWrittenCount();

    /// <summary>Hands over bytes that arrived. When it returns, whoever reads has taken them.</summary>
    public void Arrive(byte* bytes, int length)
    {
        _arrived = bytes;
        _arrivedLength = length;
        Wake();
        if (_arrivedLength > 0 && !_hasEnded)
            throw new InvalidOperationException("The TLS session has left bytes that arrived.");
    }

    /// <summary>Nothing arrives any more.</summary>
    public void End()
    {
        _hasEnded = true;
        _arrivedLength = 0;
        Wake();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_arrivedLength > 0 || _hasEnded)
            return new ValueTask<int>(Take(buffer.Span));

        (_waiting, _isWaiting) = (buffer, true);
        _read.Reset();
        return new ValueTask<int>(this, _read.Version);
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _written.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _written.Write(buffer.Span);
        return default;
    }

    public override void Flush()
    {
        // What was written is fetched.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    private void Wake()
    {
        if (!_isWaiting)
            return;

        var buffer = _waiting;
        (_waiting, _isWaiting) = (default, false);
        _read.SetResult(Take(buffer.Span));
    }

    private int Take(Span<byte> buffer)
    {
        var count = Math.Min(_arrivedLength, buffer.Length);
        new ReadOnlySpan<byte>(_arrived, count).CopyTo(buffer);
        _arrived += count;
        _arrivedLength -= count;
        return count;
    }
}
