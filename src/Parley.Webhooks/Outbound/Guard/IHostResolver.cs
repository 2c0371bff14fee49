using System.Net;

namespace Parley.Webhooks.Outbound.Guard;

/// <summary>Finds the addresses of a host.</summary>
internal interface IHostResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">There are none.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>Asks the system.</summary>
internal sealed class SystemHostResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}
