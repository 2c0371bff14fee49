using System.Buffers.Binary;
using System.Net;

namespace Parley.AspNetCore.Sockets;

/// <summary>Reads the kernel's addresses (ip(7), ipv6(7)).</summary>
internal static class SocketAddresses
{
    private const int Ipv4 = 2;
    private const int Ipv6 = 10;

    /// <returns>Null for an address of another kind.</returns>
    public static IPEndPoint? Read(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8)
            return null;
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BitConverter.ToUInt16(address) switch
        {
            Ipv4 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            Ipv6 when address.Length >= 28 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), port),
            _ => null,
        };
    }
}
