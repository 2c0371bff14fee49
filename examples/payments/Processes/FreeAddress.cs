using System.Net;
using System.Net.Sockets;

namespace Payments.Processes;

/// <summary>Addresses at which nobody listens; what is started again comes back at the same one.</summary>
internal static class FreeAddress
{
    public static Uri[] Find(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners)
            listener.Start();
        Uri[] addresses = [.. listeners.Select(static listener => new Uri($"http://{listener.LocalEndpoint}"))];
        foreach (var listener in listeners)
            listener.Dispose();
        return addresses;
    }
}
