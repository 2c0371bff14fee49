using System.Net;
using System.Net.Sockets;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Tests.Transports.Sending;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>Both ends of a connection whose frames are sent in rounds.</summary>
internal abstract class RoundPeer : IAsyncDisposable
{
    private const int SmallBuffer = 4096;

    private readonly Socket _client = new(SocketType.Stream, ProtocolType.Tcp);

    public abstract LoopSocket Socket { get; }

    public abstract FrameSender Sender { get; }

    public TestLink Link { get; } = new();

    /// <summary>Whether there is something to receive.</summary>
    public bool HasReceived => _client.Available > 0;

    public bool Enqueue(byte[] frame) => Sender.TryEnqueue(new Frame(frame));

    public Task<byte[]> ReceiveAsync(int count) => _client.ReadExactlyAsync(count);

    public Task<List<byte>> ReceiveAllAsync() => _client.ReadAllAsync();

    /// <summary>Ends the connection when all was sent.</summary>
    public async Task EndAsync()
    {
        Sender.TryFinish(default, dropQueued: false);
        await Sender.DrainAsync().WaitAsync(TestSession.Patience);
        await CloseAsync();
    }

    public virtual ValueTask DisposeAsync()
    {
        _client.Dispose();
        return default;
    }

    protected abstract Task CloseAsync();

    /// <summary>Connects the client.</summary>
    /// <returns>The other end.</returns>
    protected Socket Connect()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = SmallBuffer };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client.Connect(listener.LocalEndPoint!);
        var server = listener.Accept();
        server.Blocking = false;
        return server;
    }
}
