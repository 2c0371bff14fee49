using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>What a test wants of its server; without anything: HTTP/1.1 in the clear, with the defaults of the product.</summary>
internal sealed record WebSocketServerOptions
{
    public ClientOptions Clients { get; init; } = new();

    public TimeProvider? Time { get; init; }

    /// <summary>Lends the transport its buffers in place of the shared pool.</summary>
    public ArrayPool<byte>? Pool { get; init; }

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

    public X509Certificate2? Certificate { get; init; }

    public Action<KestrelServerOptions>? ConfigureKestrel { get; init; }

    /// <summary>Puts something between Kestrel and the socket.</summary>
    public Action<ListenOptions>? ConfigureListen { get; init; }

    /// <summary>Size of the server's send buffers in the kernel, which otherwise grow to megabytes.</summary>
    public int? SendBuffer { get; init; }

    /// <summary>Whether connections are accepted by Parley's own sockets.</summary>
    public bool HasOwnSockets { get; init; }

    /// <summary>From how many on sends of one round are one system call; null: never.</summary>
    public int? MinSendsTogether { get; init; }

    /// <summary>Called with each request before the endpoint.</summary>
    public Action<HttpContext>? Prepare { get; init; }

    /// <summary>Gives the endpoint another context than Kestrel's.</summary>
    public Func<HttpContext, HttpContext>? Replace { get; init; }
}
