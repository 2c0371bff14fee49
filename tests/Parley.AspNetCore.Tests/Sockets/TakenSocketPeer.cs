using System.Net.Sockets;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>A socket that was taken out of the web server.</summary>
internal sealed class TakenSocketPeer : RoundPeer, ILoopHandler
{
    private readonly Socket _server;
    private readonly SocketWriter _writer;

    public TakenSocketPeer(SocketLoop loop, int maxQueuedBytes)
    {
        _server = Connect();
        SocketWriter? writer = null;
        Socket = loop.Add((int)_server.Handle, socket =>
        {
            writer = new SocketWriter(socket);
            return this;
        });
        _writer = writer!;
        Sender = new FrameSender(Link, _writer, maxQueuedBytes);
    }

    public override LoopSocket Socket { get; }

    public override FrameSender Sender { get; }

    public void OnReady(Readiness readiness)
    {
        if (readiness.HasFlag(Readiness.Write))
            _writer?.OnWritable();
    }

    public override ValueTask DisposeAsync()
    {
        Socket.Loop.Remove(Socket);
        _server.Dispose();
        return base.DisposeAsync();
    }

    protected override Task CloseAsync()
    {
        Socket.Abort();
        return Task.CompletedTask;
    }
}
