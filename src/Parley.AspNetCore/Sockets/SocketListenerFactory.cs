using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.AspNetCore.Sockets;

/// <summary>Listens at IP addresses for the web server. Other endpoints are left to its own transport.</summary>
internal sealed class SocketListenerFactory(
    IOptions<SocketTransportOptions> options, IOptions<ParleySocketOptions> sockets, IOptions<KestrelServerOptions> kestrel, ILoggerFactory loggers,
    TimeProvider time, IMemoryPoolFactory<byte>? memory = null)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly ILogger _logger = loggers.CreateLogger("Parley.AspNetCore.Sockets");
    private readonly InlineRequests _inline = new(sockets.Value.InlinePaths);
    private readonly SocketLoops _loops = new(
        sockets.Value.UseIoUring ? sockets.Value.MinSendsTogether : int.MaxValue, loggers.CreateLogger("Parley.AspNetCore.Sockets"));

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = Listen(endpoint);
        _loops.Rent();
        return ValueTask.FromResult<IConnectionListener>(new SocketListener(
            socket, _loops, memory?.Create() ?? MemoryPool<byte>.Shared, MayLeave(kestrel.Value.Limits), _inline, new DescriptorReserve(), time, _logger));
    }

    private Socket Listen(EndPoint endpoint)
    {
        Socket? socket = null;
        try
        {
            socket = options.Value.CreateBoundListenSocket(endpoint);
            socket.Blocking = false;
            socket.Listen(options.Value.Backlog);
            return socket;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    /// <summary>Kestrel cannot count those that have left it, so where it has to bound them they stay.</summary>
    private static bool MayLeave(KestrelServerLimits limits) =>
        limits is { MaxConcurrentConnections: null, MaxConcurrentUpgradedConnections: null };
}
