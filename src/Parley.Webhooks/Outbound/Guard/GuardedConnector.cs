using System.Net;
using System.Net.Sockets;

namespace Parley.Webhooks.Outbound.Guard;

/// <summary>The only way to a user's URL: checks every address of the host, and connects to one that it has checked.</summary>
/// <remarks>A name is looked up once for each connection, so that nobody can answer the check and the connection differently.</remarks>
internal sealed class GuardedConnector(AddressPolicy policy, IHostResolver resolver)
{
    /// <exception cref="BlockedAddressException">None of the host's addresses may be reached, or not on this port.</exception>
    /// <exception cref="SocketException">There are no addresses, or none of them answers.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancellationToken)
    {
        if (!policy.AllowsPort(endpoint.Port))
            throw new BlockedAddressException($"blocked: port {endpoint.Port}");

        var addresses = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await resolver.ResolveAsync(endpoint.Host, cancellationToken);
        if (addresses.Length == 0)
            throw new SocketException((int)SocketError.HostNotFound);

        string? refusal = null;
        Exception? failure = null;
        foreach (var address in addresses)
        {
            if (policy.WhyRefused(address) is { } why)
            {
                refusal ??= $"blocked: {address} is {why}";
                continue;
            }

            try
            {
                return await ConnectAsync(address, endpoint.Port, cancellationToken);
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
        }

        throw failure ?? new BlockedAddressException(refusal!);
    }

    private static async Task<Stream> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
