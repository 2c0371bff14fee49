using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.LoadTest.Dialects;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Client;

/// <summary>The server under load and how to speak to it.</summary>
internal sealed class Target
{
    private byte[]? _upgradeRequest;

    /// <param name="url">Of the WebSocket endpoint, <c>ws://127.0.0.1:8000/connection/websocket</c>, or of <c>wss</c>.</param>
    public Target(Uri url)
    {
        if (url.Scheme is not ("ws" or "wss"))
            throw new LoadTestException($"{url}: only ws:// and wss:// can be driven");

        Url = url;
        Server = Resolve(url);
        Host = Encoding.ASCII.GetBytes(url.Authority);
        EmulationPath = "/emulation"u8.ToArray();
        LongPollPath = Encoding.ASCII.GetBytes(PathOf(Transport.LongPoll));
    }

    public Uri Url { get; }

    /// <summary>Whether its clients use TLS, whatever they use it for.</summary>
    public bool IsEncrypted => Url.Scheme == "wss";

    /// <summary>How its clients speak.</summary>
    public Dialect Dialect { get; init; } = Dialect.Default;

    public IPEndPoint Server { get; }

    /// <summary>What the clients that are measured use; the other transports' paths lie beside that of the WebSocket.</summary>
    public Transport Transport { get; init; }

    /// <summary>Value of the Host header.</summary>
    public byte[] Host { get; }

    public byte[] EmulationPath { get; }

    public byte[] LongPollPath { get; }

    /// <summary>Connection token; null for a server that takes anonymous or insecure clients.</summary>
    public string? Token { get; init; }

    /// <summary>Null when the server's processor time and memory cannot be read.</summary>
    public ServerProcess? Process { get; init; }

    /// <summary>Address below which the server takes publications over HTTP; null when it does not or is not asked to.</summary>
    public Uri? Api { get; init; }

    /// <summary>Whether publishers use the API where a scenario does not say otherwise.</summary>
    public bool PublishesOverHttp { get; init; }

    public string? ApiKey { get; init; }

    /// <summary>How many connections may be on their way at once while they are opened.</summary>
    public int Parallel { get; init; } = 64;

    /// <summary>What a WebSocket client sends first.</summary>
    /// <param name="path">Path and query; null: those of <see cref="Url"/>.</param>
    public byte[] UpgradeRequest(string? path) =>
        path is null ? _upgradeRequest ??= MakeUpgradeRequest(Url.PathAndQuery) : MakeUpgradeRequest(path);

    public string PathOf(Transport transport) =>
        transport == Transport.Websocket ? Url.PathAndQuery : new Uri(Url, TransportNames.NameOf(transport)).AbsolutePath;

    public static IPEndPoint Resolve(Uri url)
    {
        if (IPAddress.TryParse(url.DnsSafeHost, out var address))
            return new IPEndPoint(address, url.Port);

        var addresses = Dns.GetHostAddresses(url.DnsSafeHost);
        return new IPEndPoint(addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], url.Port);
    }

    private byte[] MakeUpgradeRequest(string path)
    {
        var protocol = Dialect.SubProtocol is { } name ? $"Sec-WebSocket-Protocol: {name}\r\n" : "";
        return Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {Url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{protocol}" +
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    }
}
