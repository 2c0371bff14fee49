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

    protected override ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = socket.Send(bytes.Span);
        if (sent == bytes.Length)
            return default;

        var rest = new Rest(socket, bytes[sent..].ToArray());
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
