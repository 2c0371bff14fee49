using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Parley.Sessions;

namespace Parley.AspNetCore.Sockets;

/// <summary>From the pipe that the web server writes to the socket.</summary>
/// <remarks>
/// What is written in a <see cref="FlushRound"/>, which are frames that were encrypted and those of event streams, is sent with what others of
/// the round write. Until the round ends, what comes meanwhile stays in the pipe.
/// </remarks>
internal sealed partial class HttpConnection
{
    private TaskCompletionSource? _writable;
    private AwaitableSend? _roundSend;

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var result = await _output.Reader.ReadAsync();
                var bytes = result.Buffer;
                if (TryAddToRound(bytes))
                    bytes = bytes.Slice(await _roundSend.SentAsync());
                foreach (var segment in bytes)
                    await SendAsync(segment);
                _output.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                    break;
            }
        }
        catch (Exception)
        {
            // The connection is broken, or what writes has failed: the web server learns it as the end of what it reads, and of what it writes.
            _socket.Abort();
        }

        await _output.Reader.CompleteAsync();
        if (!_isLeaving)
            _socket.Abort();
    }

    [MemberNotNullWhen(true, nameof(_roundSend))]
    private bool TryAddToRound(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty || SendRing.For(_socket) is not { } ring)
            return false;
        _roundSend ??= new AwaitableSend();
        return _roundSend.TryAdd(ring, _socket.Descriptor, bytes);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes.Span)..];
            if (bytes.IsEmpty)
                return;

            // Asked for before it is tried again: there may be room already, and that is told once.
            var writable = new TaskCompletionSource();
            Volatile.Write(ref _writable, writable);
            bytes = bytes[_socket.Send(bytes.Span)..];
            if (bytes.IsEmpty)
            {
                Volatile.Write(ref _writable, null);
                return;
            }

            await writable.Task;
        }
    }
}
