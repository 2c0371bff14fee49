using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Client;

/// <summary>The server under load and how to speak to it.</summary>
internal sealed class Target
{
    /// <param name="url">Of the WebSocket endpoint, <c>ws://127.0.0.1:8000/connection/websocket</c>. TLS is not supported.</param>
    public Target(Uri url)
    {
        if (url.Scheme != "ws")
            throw new LoadTestException($"{url}: only ws:// can be driven");

        Url = url;
        Server = Resolve(url);
        Host = Encoding.ASCII.GetBytes(url.Authority);
        EmulationPath = "/emulation"u8.ToArray();
        LongPollPath = Encoding.ASCII.GetBytes(PathOf(Transport.LongPoll));
        UpgradeRequest = Encoding.ASCII.GetBytes(
            $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    }

    public Uri Url { get; }

    public IPEndPoint Server { get; }

    /// <summary>What the clients that are measured use; the other transports' paths lie beside that of the WebSocket.</summary>
    public Transport Transport { get; init; }

    /// <summary>Value of the Host header.</summary>
    public byte[] Host { get; }

    public byte[] EmulationPath { get; }

    public byte[] LongPollPath { get; }

    public byte[] UpgradeRequest { get; }

    /// <summary>Connection token; null for a server that takes anonymous or insecure clients.</summary>
    public string? Token { get; init; }

    /// <summary>Null when the server's processor time and memory cannot be read.</summary>
    public ServerProcess? Process { get; init; }

    /// <summary>Where to publish over the HTTP API; null to publish over WebSocket.</summary>
    public Uri? Api { get; init; }

    public string? ApiKey { get; init; }

    /// <summary>How many connections may be on their way at once while they are opened.</summary>
    public int Parallel { get; init; } = 64;

    public string PathOf(Transport transport) =>
        transport == Transport.Websocket ? Url.PathAndQuery : new Uri(Url, TransportNames.NameOf(transport)).AbsolutePath;

    public static IPEndPoint Resolve(Uri url)
    {
        if (IPAddress.TryParse(url.DnsSafeHost, out var address))
            return new IPEndPoint(address, url.Port);

        var addresses = Dns.GetHostAddresses(url.DnsSafeHost);
        return new IPEndPoint(addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], url.Port);
    }
}
