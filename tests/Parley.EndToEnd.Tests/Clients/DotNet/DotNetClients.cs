using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Parley.Client;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Clients.DotNet;

/// <summary>Makes what a <see cref="ParleyClient"/> of a test needs.</summary>
internal static class DotNetClients
{
    /// <summary>Trusts a certificate of the tests.</summary>
    public static HttpClient NewHttpClient(TestCertificate certificate) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Trust(certificate) },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public static ParleyClientOptions NewOptions(
        SdkWay way, SdkClientOptions options, HttpClient http, TestCertificate certificate, Func<string?> getToken)
    {
        var made = new ParleyClientOptions
        {
            Format = way.Format() == "protobuf" ? ProtocolFormat.Protobuf : ProtocolFormat.Json,
            Token = options.Token,
            // Much shorter than the default, so that tests need not wait for a client to come back.
            MinReconnectDelay = TimeSpan.FromMilliseconds(20),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
            Timeout = options.Timeout,
            MaxServerPingDelay = options.MaxServerPingDelay,
            HttpClient = http,
            ConfigureWebSocket = socket => socket.RemoteCertificateValidationCallback = Trust(certificate),
        };
        if (options.GetToken is not null)
            made.GetToken = _ => ValueTask.FromResult(getToken());
        made.Transports.Clear();
        foreach (var name in options.Transports ?? [way.Transport()])
            made.Transports.Add(TransportOf(name));
        return made;
    }

    /// <summary>What the official SDK calls a transport.</summary>
    public static string NameOf(ClientTransport transport) => transport switch
    {
        ClientTransport.WebSocket => "websocket",
        ClientTransport.HttpStream => "http_stream",
        ClientTransport.ServerSentEvents => "sse",
        ClientTransport.LongPolling => "long_poll",
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, message: null),
    };

    private static ClientTransport TransportOf(string name) =>
        Enum.GetValues<ClientTransport>().Single(transport => NameOf(transport) == name);

    private static RemoteCertificateValidationCallback Trust(TestCertificate trusted) =>
        (_, certificate, _, _) => (certificate as X509Certificate2)?.Thumbprint == trusted.Thumbprint;
}
