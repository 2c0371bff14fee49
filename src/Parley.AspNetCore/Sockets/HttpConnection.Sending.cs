namespace Parley.AspNetCore.Sockets;

/// <summary>From the pipe that the web server writes to the socket.</summary>
internal sealed partial class HttpConnection
{
    private TaskCompletionSource? _writable;

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var result = await _output.Reader.ReadAsync();
                foreach (var segment in result.Buffer)
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

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
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
