using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using TestCertificate = Parley.AspNetCore.Tests.Transports.WebSockets.TestCertificate;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>Kestrel on Parley's sockets, with an application of a test.</summary>
internal sealed class SocketHost : IAsyncDisposable
{
    /// <summary>Requests to it are handled by the thread that waits for the sockets.</summary>
    public const string InlinePath = "/inline";

    private readonly WebApplication _application;

    private SocketHost(WebApplication application, Uri url)
    {
        _application = application;
        Url = url;
    }

    public Uri Url { get; }

    public IPEndPoint Endpoint => new(IPAddress.Parse(Url.Host.Trim('[', ']')), Url.Port);

    /// <param name="answer">The application.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="protocols">HTTP versions.</param>
    /// <param name="useTls">Whether connections are encrypted.</param>
    /// <param name="sendBuffer">Size of the send buffers in the kernel.</param>
    /// <param name="configure">Sets options of Kestrel.</param>
    /// <param name="onBound">Gets the socket that is going to listen.</param>
    public static async Task<SocketHost> StartAsync(
        RequestDelegate answer, IPAddress? address = null, HttpProtocols protocols = HttpProtocols.Http1, bool useTls = false, int? sendBuffer = null,
        Action<KestrelServerOptions>? configure = null, Action<Socket>? onBound = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            configure?.Invoke(kestrel);
            kestrel.Listen(address ?? IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                if (useTls)
                    listen.UseHttps(TestCertificate.Localhost);
            });
        });
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endpoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            if (sendBuffer is { } size)
                socket.SendBufferSize = size; // accepted sockets have it too
            onBound?.Invoke(socket);
            return socket;
        });
        builder.WebHost.UseParleySockets(static sockets => sockets.InlinePaths.Add(InlinePath));
        var application = builder.Build();
        application.Run(answer);
        try
        {
            await application.StartAsync();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        return new SocketHost(application, new Uri(addresses.Addresses.Single()));
    }

    public Task<RawWebSocketClient> OpenAsync(int? receiveBuffer = null) => RawWebSocketClient.OpenAsync(Endpoint, receiveBuffer: receiveBuffer);

    /// <summary>Stops in order, which waits for the connections.</summary>
    public Task StopAsync() => _application.StopAsync().WaitAsync(Patience.Limit);

    public async ValueTask DisposeAsync() => await _application.EndNowAsync();
}
