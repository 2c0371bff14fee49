using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace RawWebSockets;

/// <summary>One WebSocket: a loop that reads commands, and a queue with a task that writes what others put there.</summary>
internal sealed class Client(WebSocket socket, Subscriptions subscriptions)
{
    private const int MaxMessageBytes = 64 * 1024;

    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<string> _channels = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var writing = WriteAsync(cancellationToken);
        try
        {
            await ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client went away without a close frame: there is nobody left to tell.
        }
        finally
        {
            foreach (var channel in _channels)
                subscriptions.Remove(channel, this);

            _outgoing.Writer.TryComplete();
            await writing;
        }
    }

    public void Send(byte[] message) => _outgoing.Writer.TryWrite(message);

    public void Subscribe(string channel)
    {
        _channels.Add(channel);
        subscriptions.Add(channel, this);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken))
                await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            socket.Abort();
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // A read of no bytes waits without holding a buffer, so an idle connection has none.
            await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
            var buffer = ArrayPool<byte>.Shared.Rent(4096);
            try
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    if (length == buffer.Length)
                        buffer = Grow(buffer);

                    part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                    length += part.Count;
                }
                while (!part.EndOfMessage);

                if (part.MessageType == WebSocketMessageType.Close)
                    return;

                Commands.Handle(this, subscriptions, buffer.AsSpan(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        if (buffer.Length >= MaxMessageBytes)
            throw new WebSocketException(WebSocketError.HeaderError, "The message is too large.");

        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
