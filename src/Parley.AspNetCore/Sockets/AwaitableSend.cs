using System.Buffers;
using System.Threading.Tasks.Sources;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Sockets;

/// <summary>A send of a round that code waits for, one after the other. It goes on on the thread that ends the round, so it neither blocks nor throws.</summary>
internal sealed class AwaitableSend : IRoundSender, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _source;
    private int _length;

    /// <summary>Puts bytes into the round.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(SendRing ring, int descriptor, in ReadOnlySequence<byte> bytes)
    {
        if (!ring.TryAdd(descriptor, bytes, this))
            return false;
        _source.Reset();
        _length = (int)bytes.Length;
        return true;
    }

    /// <returns>How many of the bytes that were added last the socket has taken; 0 when it failed, as it then does when they are sent again.</returns>
    public ValueTask<int> SentAsync() => new(this, _source.Version);

    /// <inheritdoc/>
    public void OnSentWithOthers() => _source.SetResult(_length);

    /// <inheritdoc/>
    public void OnSentInPart(ReadOnlySpan<byte> rest) => _source.SetResult(_length - rest.Length);

    /// <inheritdoc/>
    public void OnSendFailed() => _source.SetResult(0);

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
