using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.AspNetCore;
using Parley.AspNetCore.Sockets;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Adds Parley's sockets to a web server.</summary>
public static class ParleyWebHostBuilderExtensions
{
    /// <summary>
    /// Has Kestrel accept its TCP connections from sockets of Parley's, which leave Kestrel when they have become WebSockets: an open one then
    /// costs a fraction of the memory, and what clients send is handled on the thread that waits for it.
    /// </summary>
    /// <param name="builder">The host, with Kestrel.</param>
    /// <param name="configure">Changes what the sockets do.</param>
    /// <remarks>
    /// On Linux on x64 and arm64; elsewhere nothing changes, as for connections with TLS, over HTTP/2, and sockets in the file system, which stay with
    /// Kestrel. To be called behind <c>UseKestrel</c> and <c>UseSockets</c>, whose backlog and way to listen hold. Code of yours that Parley calls for a client must not block.
    /// </remarks>
    public static IWebHostBuilder UseParleySockets(this IWebHostBuilder builder, Action<ParleySocketOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
            return builder;
        return builder.ConfigureServices(services =>
        {
            if (configure is not null)
                services.Configure(configure);
            services.TryAddSingleton(TimeProvider.System);
            services.AddSingleton<IConnectionListenerFactory, SocketListenerFactory>();
        });
    }
}
