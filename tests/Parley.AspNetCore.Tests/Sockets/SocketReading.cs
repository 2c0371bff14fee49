using System.Net.Sockets;
using Parley.AspNetCore.Tests.Transports.WebSockets;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>Reads what the other end of a connection has sent.</summary>
internal static class SocketReading
{
    /// <summary>So many bytes, which must come before the end.</summary>
    public static async Task<byte[]> ReadExactlyAsync(this Socket socket, int count)
    {
        var bytes = new byte[count];
        using var patience = new CancellationTokenSource(TestSession.Patience);
        for (var at = 0; at < count;)
        {
            var received = await socket.ReceiveAsync(bytes.AsMemory(at), patience.Token);
            Assert.NotEqual(0, received);
            at += received;
        }

        return bytes;
    }

    /// <summary>All, until the other end closes.</summary>
    public static async Task<List<byte>> ReadAllAsync(this Socket socket)
    {
        var all = new List<byte>();
        var buffer = new byte[8192];
        while (await socket.ReceiveAsync(buffer) is var count && count > 0)
            all.AddRange(buffer.AsSpan(0, count));
        return all;
    }
}
