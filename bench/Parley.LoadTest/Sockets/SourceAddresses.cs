using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Parley.LoadTest.Sockets;

/// <summary>
/// Opens sockets. When one address has no free port left for a server on loopback, goes on from the next address of 127.0.0.0/8.
/// </summary>
internal sealed unsafe class SourceAddresses
{
    private byte _last = 1;

    /// <summary>Starts a connection and returns its descriptor; it is writable once connected.</summary>
    public int Connect(IPEndPoint server)
    {
        var ipv6 = server.AddressFamily == AddressFamily.InterNetworkV6;
        var descriptor = Libc.Socket(ipv6 ? 10 : 2, Libc.SockStream | Libc.SockNonBlocking | Libc.SockCloseOnExec, 0);
        if (descriptor < 0)
            throw SocketHandler.Failure("socket");

        var on = 1;
        _ = Libc.SetSocketOption(descriptor, Libc.IpProtoTcp, Libc.TcpNoDelay, &on, sizeof(int));
        while (!TryConnect(descriptor, server))
        {
            if (ipv6 || !IPAddress.IsLoopback(server.Address) || _last == 254)
                throw SocketHandler.Failure("connect");

            _last++;
        }

        return descriptor;
    }

    private bool TryConnect(int descriptor, IPEndPoint server)
    {
        if (_last > 1)
        {
            var on = 1;
            _ = Libc.SetSocketOption(descriptor, Libc.IpProtoIp, Libc.IpBindAddressNoPort, &on, sizeof(int));
            var source = new IPEndPoint(new IPAddress([127, 0, 0, _last]), 0).Serialize();
            fixed (byte* bytes = source.Buffer.Span)
            {
                if (Libc.Bind(descriptor, bytes, (uint)source.Size) < 0)
                    throw SocketHandler.Failure("bind");
            }
        }

        var target = server.Serialize();
        fixed (byte* bytes = target.Buffer.Span)
        {
            if (Libc.Connect(descriptor, bytes, (uint)target.Size) == 0)
                return true;
        }

        return Marshal.GetLastPInvokeError() switch
        {
            Libc.ErrorInProgress => true,
            Libc.ErrorAddressNotAvailable => false,
            _ => throw SocketHandler.Failure("connect"),
        };
    }
}
