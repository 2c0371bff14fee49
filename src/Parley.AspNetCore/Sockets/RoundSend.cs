using System.Threading.Tasks.Sources;
using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Sockets;

/// <summary>One send after the other that waits for the end of a <see cref="FlushRound"/>. What waits for it goes on on that round's thread.</summary>
internal sealed class RoundSend(LoopSocket socket) : IRoundSender, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _source;
    private int _length;

    /// <summary>Has bytes sent with those of other connections, if this thread is in a round of many. They are copied.</summary>
    /// <returns>False when they are to be sent at once.</returns>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        if (FlushRound.Count < socket.Loop.MinSendsTogether || SendRing.Current is not { } ring || !ring.TryAdd(socket.Descriptor, bytes, this))
            return false;
        _source.Reset();
        _length = bytes.Length;
        return true;
    }

    /// <returns>How many of the bytes that were added last the socket has taken, or 0 when it failed, as it then does when they are sent again.</returns>
    public ValueTask<int> SentAsync() => new(this, _source.Version);

    public void OnSentWithOthers() => _source.SetResult(_length);

    public void OnSentInPart(ReadOnlySpan<byte> rest) => _source.SetResult(_length - rest.Length);

    public void OnSendFailed() => _source.SetResult(0);

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
