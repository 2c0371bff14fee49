using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Parley.LoadTest.Client;
using Parley.LoadTest.Dialects;

namespace Parley.LoadTest.Tests.Dialects;

/// <summary>A server for one client: sends what the test says, and keeps what the client says. Bytes are characters of Latin-1.</summary>
internal sealed class ScriptedPeer : IDisposable, IReceiver
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<string> _toSend = Channel.CreateUnbounded<string>();
    private readonly ClientGroup _clients;
    private readonly bool _binary;
    private string _received = "";

    public ScriptedPeer(Dialect dialect, bool binary = false, params string[] channels)
    {
        _binary = binary;
        _listener.Start();
        _ = ServeAsync();
        _clients = new ClientGroup(new Target(new Uri($"ws://{_listener.LocalEndpoint}/")) { Dialect = dialect });
        Client = _clients.OpenOne(channels, this);
    }

    public ClientConnection Client { get; }

    /// <summary>The request that opened the WebSocket.</summary>
    public string Head { get; private set; } = "";

    public List<uint> Publications { get; } = [];

    public List<string> Replies { get; } = [];

    public void Send(params string[] messages)
    {
        foreach (var message in messages)
            _toSend.Writer.TryWrite(message);
    }

    /// <summary>Waits until the client has said something, in one message or several.</summary>
    public void Expect(string text)
    {
        var started = Stopwatch.GetTimestamp();
        while (!Received().Contains(text, StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"No {text} in: {Received()}");
            _clients.RunFor(TimeSpan.FromMilliseconds(1)); // no event of the client's tells what the server has read
        }
    }

    public void WaitFor(Func<bool> condition) => _clients.WaitFor(condition, "what the test expects");

    public void OnPublication(int client, uint sequence) => Publications.Add(sequence);

    public void OnReply(int client, ReadOnlySpan<byte> reply) => Replies.Add(Encoding.Latin1.GetString(reply));

    public void Dispose()
    {
        Client.Dispose();
        _clients.Dispose();
        _listener.Dispose();
    }

    private string Received()
    {
        lock (_toSend)
            return _received;
    }

    private async Task ServeAsync()
    {
        try
        {
            using var tcp = await _listener.AcceptTcpClientAsync();
            var stream = tcp.GetStream();
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
                head.Append((char)one[0]);

            Head = head.ToString();
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"u8.ToArray());
            using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
            await Task.WhenAll(SendAsync(socket), ReceiveAsync(socket));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException or WebSocketException)
        {
            // The test is over.
        }
    }

    private async Task SendAsync(WebSocket socket)
    {
        var kind = _binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        await foreach (var message in _toSend.Reader.ReadAllAsync())
            await socket.SendAsync(Encoding.Latin1.GetBytes(message).AsMemory(), kind, true, CancellationToken.None);
    }

    private async Task ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
                return;

            lock (_toSend)
                _received += Encoding.Latin1.GetString(buffer, 0, part.Count);
        }
    }
}
