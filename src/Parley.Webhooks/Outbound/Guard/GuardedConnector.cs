using System.Net;
using System.Net.Sockets;

namespace Parley.Webhooks.Outbound.Guard;

/// <summary>The only way to a user's URL: checks every address of the host, and connects to one that it has checked.</summary>
/// <remarks>
/// A name is looked up once for each connection, so that nobody can answer the check and the connection differently. Of several addresses
/// the next is tried beside the one before when that does not answer soon (RFC 8305, 5), so that one that is silent does not take all the time.
/// </remarks>
internal sealed class GuardedConnector(AddressPolicy policy, IHostResolver resolver, TimeProvider time)
{
    /// <summary>What an address has for itself before the next is tried as well.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(250);

    /// <summary>Addresses of a host that are tried at most.</summary>
    private const int MaxTried = 8;

    /// <exception cref="BlockedAddressException">None of the host's addresses may be reached, or not on this port.</exception>
    /// <exception cref="SocketException">There are no addresses, or none of them answers.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancellationToken)
    {
        if (!policy.AllowsPort(endpoint.Port))
            throw new BlockedAddressException($"blocked: port {endpoint.Port}");

        var addresses = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await resolver.ResolveAsync(endpoint.Host, cancellationToken);
        if (addresses.Length == 0)
            throw new SocketException((int)SocketError.HostNotFound);

        var allowed = addresses.Where(address => policy.WhyRefused(address) is null).ToList();
        if (allowed.Count == 0)
            throw new BlockedAddressException($"blocked: {addresses[0]} is {policy.WhyRefused(addresses[0])}");
        return new NetworkStream(await ConnectAsync(InTurns(allowed), endpoint.Port, cancellationToken), ownsSocket: true);
    }

    /// <summary>Of both families in turns, so that a network that has but one does not cost a wait for each address of the other.</summary>
    private static List<IPAddress> InTurns(List<IPAddress> addresses)
    {
        var first = addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily).Index();
        var other = addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily).Index();
        return [.. first.Concat(other).OrderBy(static entry => entry.Index).Select(static entry => entry.Item).Take(MaxTried)];
    }

    private async Task<Socket> ConnectAsync(List<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = new List<Task<Socket>>();
        var next = 0;
        try
        {
            while (true)
            {
                if (next < addresses.Count)
                    underWay.Add(ConnectAsync(addresses[next++], port, over.Token));
                var lead = next < addresses.Count ? Task.Delay(Lead, time, over.Token) : null;
                var ended = await Task.WhenAny(lead is null ? underWay : [.. underWay, lead]);
                if (ended is not Task<Socket> attempt)
                    continue;
                underWay.Remove(attempt);
                if (attempt.IsCompletedSuccessfully || (underWay.Count == 0 && next == addresses.Count) || cancellationToken.IsCancellationRequested)
                    return await attempt;
            }
        }
        finally
        {
            await over.CancelAsync();
            foreach (var late in underWay)
                _ = DisposeAsync(late);
        }
    }

    /// <summary>Closes what was too late to be needed.</summary>
    private static async Task DisposeAsync(Task<Socket> late)
    {
        await ((Task)late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (late.IsCompletedSuccessfully)
            (await late).Dispose();
    }

    private static async Task<Socket> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
