using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

/// <summary>What a test wants of its server; without anything: HTTP/1.1 with the defaults of the product.</summary>
internal sealed record LongPollServerOptions
{
    public ClientOptions Clients { get; init; } = new();

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

    public Action<KestrelServerOptions>? ConfigureKestrel { get; init; }

    /// <summary>Called with each request before the endpoint.</summary>
    public Action<HttpContext>? Prepare { get; init; }
}
