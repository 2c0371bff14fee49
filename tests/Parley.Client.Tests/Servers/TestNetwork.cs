using System.Net;
using System.Net.Sockets;

namespace Parley.Client.Tests.Servers;

internal static class TestNetwork
{
    private static readonly Socket Held = NewHeld();

    /// <summary>An address at which nobody listens: the port is held, so that nobody else takes it.</summary>
    public static IPEndPoint Nowhere => (IPEndPoint)Held.LocalEndPoint!;

    private static Socket NewHeld()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
