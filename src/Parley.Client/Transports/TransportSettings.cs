using System.Net.WebSockets;
using Parley.Client.Connections;
using Parley.Protocol.Centrifuge;

namespace Parley.Client.Transports;

/// <summary>What transports are made of.</summary>
internal sealed class TransportSettings : IDisposable
{
    private readonly HttpClient? _own;

    private readonly Func<Backoff> _newBackoff;

    public TransportSettings(Uri address, ParleyClientOptions options, Func<Backoff> newBackoff)
    {
        _newBackoff = newBackoff;
        Time = options.TimeProvider;
        Addresses = new ServerAddresses(address);
        Codec = options.Format == ProtocolFormat.Json ? CentrifugeCodec.Json : CentrifugeCodec.Protobuf;
        Headers = OperatingSystem.IsBrowser() ? [] : [.. options.Headers];
        ConfigureWebSocket = options.ConfigureWebSocket;
        if (options.HttpClient is null) _own = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        HttpClient = options.HttpClient ?? _own!;
    }

    public ServerAddresses Addresses { get; }

    public CentrifugeCodec Codec { get; }

    public KeyValuePair<string, string>[] Headers { get; }

    public TimeProvider Time { get; }

    public HttpClient HttpClient { get; }

    public Action<ClientWebSocketOptions>? ConfigureWebSocket { get; }

    public IClientTransport Create(ClientTransport kind) => kind switch
    {
        ClientTransport.WebSocket => new WebSocketTransport(this),
        ClientTransport.HttpStream => new HttpStreamTransport(this),
        ClientTransport.ServerSentEvents => new ServerSentEventsTransport(this),
        ClientTransport.LongPolling => new LongPollTransport(this),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>A POST in the format of the protocol.</summary>
    public HttpRequestMessage NewRequest(Uri address, ReadOnlyMemory<byte>? body)
    {
        ReadOnlyMemoryContent? content = null;
        if (body is not null)
        {
            content = new ReadOnlyMemoryContent(body.Value);
            content.Headers.ContentType = new(Codec.IsBinary ? "application/octet-stream" : "application/json");
        }

        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = content,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher, // one connection is enough where HTTP/2 is spoken
        };
        foreach (var (name, value) in Headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    public Backoff NewBackoff() => _newBackoff();

    public void Dispose() => _own?.Dispose();
}
