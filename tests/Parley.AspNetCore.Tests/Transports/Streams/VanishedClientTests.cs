using System.Net;
using System.Net.Sockets;
using System.Text;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.Streams;

/// <summary>Clients of one-way streams that are gone without a word (fault C1): nothing that they send could show it.</summary>
public sealed class VanishedClientTests
{
    [Theory]
    [InlineData("uni_sse?cf_connect=%7B%22subs%22%3A%7B%22chat%22%3A%7B%7D%7D%7D")]
    [InlineData("events?channel=chat")]
    public async Task ClientThatTakesNothingAnyMore_IsLetGoAfterThePongTimeout_ThoughItMayHaveMoreQueued(string target)
    {
        await using var host = await StreamHost.StartAsync(static options =>
        {
            // The kernel's own time: the clock of the tests does not move it.
            options.Clients.PongTimeout = TimeSpan.FromSeconds(1);
            options.Clients.MaxQueuedBytes = 64 * 1024 * 1024;
        });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, host.Address.Port));
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /connection/{target} HTTP/1.1\r\nHost: x\r\n{StreamHost.UserHeader}: ann\r\n\r\n"));
        await ReadUntilAsync(socket, "chat");

        // More than the buffers of both kernels hold together.
        var much = Encoding.ASCII.GetBytes($"\"{new string('x', 128 * 1024)}\"");
        for (var i = 0; i < 128; i++)
            await host.Parley.PublishAsync("chat", much);

        await Eventually.BecomesAsync(() => Task.FromResult(host.Connections), static connections => connections == 0);
    }

    private static async Task ReadUntilAsync(Socket socket, string text)
    {
        var received = new StringBuilder();
        var buffer = new byte[1024];
        while (!received.ToString().Contains(text, StringComparison.Ordinal))
        {
            var count = await socket.ReceiveAsync(buffer).WaitAsync(TestSession.Patience);
            Assert.NotEqual(0, count);
            received.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }
}
