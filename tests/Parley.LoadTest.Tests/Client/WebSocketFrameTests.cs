using System.Net.WebSockets;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Tests.Client;

public sealed class WebSocketFrameTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public async Task A_frame_that_is_written_reads_as_the_same_bytes_in_the_platforms_WebSocket(int length)
    {
        var payload = Random.Shared.GetItems([.. Enumerable.Range(0, 256).Select(i => (byte)i)], length);
        var frame = new byte[length + WebSocketFrame.MaxOverhead];
        var written = WebSocketFrame.Write(frame, WebSocketFrame.Binary, payload);

        using var server = WebSocket.CreateFromStream(new MemoryStream(frame, 0, written), new WebSocketCreationOptions { IsServer = true });
        var received = new byte[length + 1];
        var count = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await server.ReceiveAsync(received.AsMemory(count), CancellationToken.None);
            count += part.Count;
        }
        while (!part.EndOfMessage);

        Assert.Equal(WebSocketMessageType.Binary, part.MessageType);
        Assert.Equal(payload, received[..count]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(70_000)]
    public async Task A_frame_of_the_platforms_WebSocket_is_read_only_when_all_of_it_is_there(int length)
    {
        var stream = new MemoryStream();
        using (var server = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true }))
            await server.SendAsync(new byte[length].AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var frame = stream.ToArray();

        Assert.All(Enumerable.Range(0, Math.Min(frame.Length, 300)), missing =>
            Assert.Equal(missing == 0, WebSocketFrame.TryRead(frame.AsSpan(0, frame.Length - missing), out _, out _, out _, out _)));
        WebSocketFrame.TryRead(frame, out var opcode, out var isFinal, out var header, out var payload);
        Assert.Equal((WebSocketFrame.Text, true, frame.Length - length, length), (opcode, isFinal, header, payload));
    }
}
