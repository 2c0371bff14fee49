using System.IO.Pipelines;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Sockets;

/// <summary>Sends frames by a socket that was taken out of the web server.</summary>
/// <remarks>What the socket has no room for is copied, and sent by its loop's thread when the client reads.</remarks>
internal sealed class SocketWriter(LoopSocket socket) : DirectFrameOutput
{
    private Rest? _rest;
    private bool _hasRoom;

    /// <summary>The socket has room, or is broken. Called on the loop's thread.</summary>
    public void OnWritable()
    {
        Volatile.Write(ref _hasRoom, true);
        Interlocked.Exchange(ref _rest, null)?.Send(this);
    }

    public override bool TryFlushWithOthers(IRoundSender sender)
    {
        if (SendRing.For(socket) is not { } ring || !ring.TryAdd(socket.Descriptor, First!, More, sender))
            return false;
        Clear();
        return true;
    }

    public override ValueTask<FlushResult> FlushRestAsync(ReadOnlySpan<byte> rest) => SendLaterAsync(rest);

    protected override ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = socket.Send(bytes.Span);
        return sent == bytes.Length ? default : SendLaterAsync(bytes.Span[sent..]);
    }

    private ValueTask<FlushResult> SendLaterAsync(ReadOnlySpan<byte> bytes)
    {
        var rest = new Rest(socket, bytes.ToArray());
        rest.Send(this);
        return new ValueTask<FlushResult>(rest.Task);
    }

    /// <summary>Bytes that wait for room. Belongs to whoever has taken it out of the writer.</summary>
    private sealed class Rest(LoopSocket socket, ReadOnlyMemory<byte> bytes) : TaskCompletionSource<FlushResult>
    {
        public void Send(SocketWriter writer)
        {
            try
            {
                while (TrySend(writer))
                {
                    Interlocked.Exchange(ref writer._rest, this);
                    // Room that came between the last try and the line above was told to nobody.
                    if (!Volatile.Read(ref writer._hasRoom) || Interlocked.Exchange(ref writer._rest, null) is null)
                        return;
                }

                SetResult(default);
            }
            catch (Exception exception)
            {
                SetException(exception);
            }
        }

        /// <returns>Whether bytes are left, for which there is no room.</returns>
        private bool TrySend(SocketWriter writer)
        {
            Volatile.Write(ref writer._hasRoom, false);
            while (!bytes.IsEmpty && socket.Send(bytes.Span) is > 0 and var sent)
                bytes = bytes[sent..];
            return !bytes.IsEmpty;
        }
    }
}
