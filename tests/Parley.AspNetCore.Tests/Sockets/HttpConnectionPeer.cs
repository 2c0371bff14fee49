using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>A connection of the web server's, to whose pipe the frames go, as they do with TLS in between.</summary>
internal sealed class HttpConnectionPeer : RoundPeer
{
    private readonly HttpConnection _connection;
    private LoopSocket? _taken;

    public HttpConnectionPeer(SocketLoop loop, int maxQueuedBytes)
    {
        var server = Connect();
        HttpConnection? connection = null;
        Socket = loop.Add((int)server.Handle, socket =>
            connection = new HttpConnection(socket, MemoryPool<byte>.Shared, mayLeave: true, new InlineRequests([]), null, null, NullLogger.Instance));
        // The connection closes it.
        server.SafeHandle.SetHandleAsInvalid();
        _connection = connection!;
        _connection.Start();
        Sender = new FrameSender(Link, new PipeFrameOutput(_connection.Transport.Output), maxQueuedBytes);
    }

    public override LoopSocket Socket { get; }

    public override FrameSender Sender { get; }

    /// <summary>Takes the socket out of the connection.</summary>
    public async Task TakeAsync() => _taken = (await _connection.TakeAsync()).Socket;

    public override async ValueTask DisposeAsync()
    {
        _taken?.Close();
        _connection.Abort(new ConnectionAbortedException());
        await _connection.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override async Task CloseAsync() => await _connection.DisposeAsync().AsTask().WaitAsync(TestSession.Patience);
}
