using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Tests.Scenarios;

/// <summary>A server of the Centrifuge protocol over every transport that makes the mistakes it is told to make.</summary>
internal sealed class ScriptedServer : IDisposable
{
    /// <summary>A message that ends the TLS session beneath a WebSocket.</summary>
    public const string EndOfSession = "\u0004";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly List<(string Channel, ScriptedClient Client)> _subscribers = [];
    private readonly Dictionary<string, ScriptedClient> _sessions = [];
    private int _publications;

    public ScriptedServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>What clients use.</summary>
    public Transport Transport { get; init; }

    /// <summary>What a subscriber gets in place of a push; both are counted from 0. An empty message ends its connection.</summary>
    public Func<int, int, string, string[]> Deliver { get; init; } = static (_, _, push) => [push];

    /// <summary>Whether calls are answered.</summary>
    public bool HasRpc { get; init; }

    /// <summary>How clients are met that use TLS; null: they use none.</summary>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>Version and cipher of the TLS sessions that there were.</summary>
    public HashSet<(SslProtocols, TlsCipherSuite)> Sessions { get; } = [];

    public Target Target => new(new Uri($"{(Tls is null ? "ws" : "wss")}://{_listener.LocalEndpoint}/connection/websocket"))
    {
        Transport = Transport,
        Process = new ServerProcess(Environment.ProcessId),
        Api = new Uri($"{(Tls is null ? "http" : "https")}://{_listener.LocalEndpoint}/api/"),
    };

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
            Stream stream = tcp.GetStream();
            try
            {
                if (Tls is not null)
                    stream = await EncryptAsync(stream, Tls);

                while (await ScriptedRequest.ReadAsync(stream) is { } request)
                    await AnswerAsync(request, stream);
            }
            catch (Exception exception) when (exception is IOException or AuthenticationException)
            {
                // The client has left.
            }
            finally
            {
                await stream.DisposeAsync();
            }
        }
    }

    private async Task<SslStream> EncryptAsync(Stream stream, SslServerAuthenticationOptions tls)
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(tls);
        lock (_gate)
            Sessions.Add((encrypted.SslProtocol, encrypted.NegotiatedCipherSuite));

        return encrypted;
    }

    private Task AnswerAsync(ScriptedRequest request, Stream stream) => request switch
    {
        { Path: "/connection/websocket" } => ServeWebSocketAsync(stream),
        { Path: "/connection/http_stream" } => ServeStreamAsync(request, stream, isEvents: false),
        { Path: "/connection/sse" } => ServeStreamAsync(request, stream, isEvents: true),
        { Path: "/api/publish" } => ServeApiAsync(request, stream),
        { Path: "/emulation" } => EmulateAsync(request, stream),
        _ => ServePollAsync(request, stream),
    };

    private async Task ServeWebSocketAsync(Stream stream)
    {
        await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"u8.ToArray());
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        var client = new ScriptedClient(async message =>
        {
            if (message.Length == 0)
                await socket.CloseOutputAsync((WebSocketCloseStatus)3008, "slow", CancellationToken.None);
            else if (message == EndOfSession)
                await ((SslStream)stream).ShutdownAsync();
            else
                await socket.SendAsync(Encoding.UTF8.GetBytes(message).AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
        });
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: WebSocketMessageType.Text } message)
            await HandleAllAsync(client, Encoding.UTF8.GetString(buffer, 0, message.Count));

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    /// <summary>In chunks that know nothing of messages.</summary>
    private async Task ServeStreamAsync(ScriptedRequest request, Stream stream, bool isEvents)
    {
        const int ChunkBytes = 50;
        var client = new ScriptedClient(async message =>
        {
            var text = message.Length == 0 ? "" : isEvents ? $"data: {message}\n\n" : message + "\n";
            foreach (var chunk in Encoding.UTF8.GetBytes(text).Chunk(ChunkBytes).DefaultIfEmpty([]))
                await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]);
        });
        Remember(client);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
        if (isEvents) await stream.WriteAsync("2\r\n\r\n\r\n6\r\n: hi\n\n\r\n"u8.ToArray());
        await HandleAllAsync(client, request.Body);
    }

    private async Task ServeApiAsync(ScriptedRequest request, Stream stream)
    {
        await PublishAsync(JsonDocument.Parse(request.Body).RootElement);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());
    }

    private async Task EmulateAsync(ScriptedRequest request, Stream stream)
    {
        var body = JsonDocument.Parse(request.Body).RootElement;
        var client = Find(body.GetProperty("session").GetString()!)!;
        await HandleAllAsync(client, body.GetProperty("data").GetString()!);
        await stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
    }

    private async Task ServePollAsync(ScriptedRequest request, Stream stream)
    {
        var client = Find(request.Header("Parley-Session"));
        if (client is null)
        {
            client = ScriptedClient.Polled();
            Remember(client);
            await HandleAllAsync(client, request.Body);
        }
        else if (request.Method == "DELETE")
        {
            client.Queue!.Complete();
        }
        else if (request.Header("Parley-Seq").Length > 0)
        {
            await HandleAllAsync(client, request.Body);
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.IsPoll ? await client.Queue!.AnswerAsync(client.Session) : "HTTP/1.1 204 No Content\r\n\r\n"));
    }

    private void Remember(ScriptedClient client)
    {
        lock (_gate)
            _sessions.Add(client.Session, client);
    }

    private ScriptedClient? Find(string session)
    {
        lock (_gate)
            return _sessions.GetValueOrDefault(session);
    }

    private async Task HandleAllAsync(ScriptedClient client, string commands)
    {
        foreach (var line in commands.Split('\n'))
            await HandleAsync(client, JsonDocument.Parse(line).RootElement);
    }

    private async Task HandleAsync(ScriptedClient client, JsonElement command)
    {
        var id = command.GetProperty("id").GetUInt32();
        if (command.TryGetProperty("connect", out _))
        {
            await client.SendAsync($$$"""{"id":{{{id}}},"connect":{"client":"c","version":"1","session":"{{{client.Session}}}","node":"n"}}""");
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
        var number = Interlocked.Increment(ref _publications) - 1;
        ScriptedClient[] clients;
        lock (_gate)
            clients = [.. _subscribers.Where(s => s.Channel == channel).Select(s => s.Client)];
        for (var i = 0; i < clients.Length; i++)
        {
            foreach (var message in Deliver(i, number, push))
                await clients[i].SendAsync(message);
        }
    }
}
