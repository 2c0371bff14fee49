using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Tests.Scenarios;

/// <summary>A server of the Centrifuge protocol that makes the mistakes it is told to make.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly List<(string Channel, Client Client)> _subscribers = [];
    private int _publications;

    public ScriptedServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>What a subscriber gets in place of a push; both are counted from 0.</summary>
    public Func<int, int, string, string[]> Deliver { get; init; } = static (_, _, push) => [push];

    /// <summary>Whether calls are answered.</summary>
    public bool HasRpc { get; init; }

    public Target Target => new(new Uri($"ws://{_listener.LocalEndpoint}/connection/websocket"));

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient tcp)
    {
        using (tcp)
        {
            var stream = tcp.GetStream();
            var head = "";
            while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
                head += (char)stream.ReadByte();
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"u8.ToArray());

            using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
            var client = new Client(socket);
            var buffer = new byte[4096];
            while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: WebSocketMessageType.Text } message)
            {
                foreach (var line in Encoding.UTF8.GetString(buffer, 0, message.Count).Split('\n'))
                    await HandleAsync(client, JsonDocument.Parse(line).RootElement);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
    }

    private async Task HandleAsync(Client client, JsonElement command)
    {
        var id = command.GetProperty("id").GetUInt32();
        if (command.TryGetProperty("connect", out _))
        {
            await client.SendAsync($$$"""{"id":{{{id}}},"connect":{"client":"c","version":"1"}}""");
        }
        else if (command.TryGetProperty("subscribe", out var subscribe))
        {
            lock (_gate)
                _subscribers.Add((subscribe.GetProperty("channel").GetString()!, client));
            await client.SendAsync($$$"""{"id":{{{id}}},"subscribe":{}}""");
        }
        else if (command.TryGetProperty("publish", out var publish))
        {
            await PublishAsync(publish);
            await client.SendAsync($$$"""{"id":{{{id}}},"publish":{}}""");
        }
        else if (HasRpc)
        {
            await client.SendAsync($$$"""{"id":{{{id}}},"rpc":{"data":{{{command.GetProperty("rpc").GetProperty("data").GetRawText()}}} }}""");
        }
        else
        {
            await client.SendAsync($$$"""{"id":{{{id}}},"error":{"code":108,"message":"not available"}}""");
        }
    }

    private async Task PublishAsync(JsonElement publish)
    {
        var channel = publish.GetProperty("channel").GetString();
        var push = $$$"""{"push":{"channel":"{{{channel}}}","pub":{"data":{{{publish.GetProperty("data").GetRawText()}}} } } }""";
        var number = _publications++;
        Client[] clients;
        lock (_gate)
            clients = [.. _subscribers.Where(s => s.Channel == channel).Select(s => s.Client)];
        for (var i = 0; i < clients.Length; i++)
        {
            foreach (var message in Deliver(i, number, push))
                await clients[i].SendAsync(message);
        }
    }

    private sealed class Client(WebSocket socket)
    {
        private readonly SemaphoreSlim _sending = new(1);

        public async Task SendAsync(string message)
        {
            await _sending.WaitAsync();
            if (message.Length == 0)
                await socket.CloseOutputAsync((WebSocketCloseStatus)3008, "slow", CancellationToken.None);
            else
                await socket.SendAsync(Encoding.UTF8.GetBytes(message).AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
            _sending.Release();
        }
    }
}
