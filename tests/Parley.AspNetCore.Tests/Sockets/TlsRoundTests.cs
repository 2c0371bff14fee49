using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.Sessions;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>WebSockets with TLS, whose records are sent in rounds.</summary>
public sealed class TlsRoundTests
{
    private const int Clients = 6;
    private const int Rounds = 100;

    [Fact]
    public async Task Frames_OfRoundsAndOfOtherThreadsMeanwhile_ComeWholeAndInOrder()
    {
        await using var server = await WebSocketServer.StartAsync(HostKind.OwnTls);
        var pairs = new List<(RawWebSocketClient Client, TestSession Session)>();
        for (var i = 0; i < Clients; i++)
            pairs.Add(await server.ConnectAsync());
        var random = new Random(1);
        var reading = pairs.Select(pair => ReadAsync(pair.Client)).ToArray();

        var next = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var frame = Numbered(next++, random);
            var late = round % 5 == 0 ? Numbered(next++, random) : null;
            FlushThread.Run(() =>
            {
                SendToAll(frame);
                if (late is not null)
                    FlushBatch.Current!.Add(new Meanwhile(() => SendToAll(late)));
            });
        }

        SendToAll(BitConverter.GetBytes(-1));
        foreach (var numbers in await Task.WhenAll(reading))
            Assert.Equal(Enumerable.Range(0, next), numbers);
        foreach (var (client, session) in pairs)
        {
            Assert.Null(session.Breach);
            await client.DisposeAsync();
        }

        void SendToAll(byte[] frame) => Assert.All(pairs, pair => Assert.True(pair.Session.Send(frame)));
    }

    /// <summary>A record of TLS, or several.</summary>
    private static byte[] Numbered(int number, Random random)
    {
        var frame = new byte[sizeof(int) + random.Next(random.Next(10) == 0 ? 40_000 : 300)];
        BitConverter.TryWriteBytes(frame, number);
        return frame;
    }

    private static async Task<List<int>> ReadAsync(RawWebSocketClient client)
    {
        var numbers = new List<int>();
        while (BitConverter.ToInt32((await client.ReadFrameAsync()).Payload) is var number and >= 0)
            numbers.Add(number);
        return numbers;
    }
}
