using System.Net;
using System.Net.Sockets;

namespace Payments.Processes;

/// <summary>Addresses at which nobody listens. What is started again comes back at the same one.</summary>
internal static class FreeAddress
{
    // Below those that systems give to whoever asks for any: nobody has got one by chance while its program was started again.
    private const int Lowest = 10_000;
    private const int Highest = 20_000;

    public static Uri[] Find(int count)
    {
        var listeners = new List<TcpListener>();
        while (listeners.Count < count)
        {
            var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(Lowest, Highest));
            try
            {
                listener.Start();
                listeners.Add(listener);
            }
            catch (SocketException)
            {
                listener.Dispose(); // taken
            }
        }

        Uri[] addresses = [.. listeners.Select(static listener => new Uri($"http://{listener.LocalEndpoint}"))];
        listeners.ForEach(static listener => listener.Dispose());
        return addresses;
    }
}
