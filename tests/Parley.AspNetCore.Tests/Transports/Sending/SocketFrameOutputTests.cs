using System.Net;
using System.Net.Sockets;
using CsCheck;
using Parley.AspNetCore.Tests.Sockets;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Transports.Sending;

public sealed class SocketFrameOutputTests : IDisposable
{
    private readonly Socket _server;
    private readonly Socket _client;
    private readonly SocketFrameOutput _output;

    public SocketFrameOutputTests()
    {
        (_server, _client) = Connect();
        _output = new SocketFrameOutput(_server);
    }

    [Fact]
    public async Task FlushAsync_SeveralFrames_LeaveInOrderAndOnce()
    {
        byte[] first = [1, 2], second = [3], third = [4, 5, 6];
        _output.Write(first);
        _output.Write(second);
        _output.Write(third);
        await _output.FlushAsync();
        _output.Write(first);
        await _output.FlushAsync();
        await _output.FlushAsync();

        Assert.Equal([1, 2, 3, 4, 5, 6, 1, 2], await _client.ReadExactlyAsync(8));
        Assert.Equal(0, _client.Available);
    }

    [Fact]
    public async Task FlushAsync_SameBatchOnManySockets_ReachesEach()
    {
        byte[][] frames = [[1], [2, 2], [3, 3, 3]];
        var pairs = Enumerable.Range(0, 5).Select(static _ => Connect()).ToArray();

        for (var round = 0; round < 2; round++)
        {
            foreach (var (server, client) in pairs)
            {
                var output = new SocketFrameOutput(server);
                foreach (var frame in frames)
                    output.Write(frame);
                await output.FlushAsync();
                Assert.Equal([1, 2, 2, 3, 3, 3], await client.ReadExactlyAsync(6));
            }
        }

        foreach (var (server, client) in pairs)
        {
            server.Dispose();
            client.Dispose();
        }
    }

    [Fact]
    public async Task FlushAsync_MoreThanTheSocketTakes_CompletesWhenTheClientHasReadEnough()
    {
        var frame = new byte[16 * 1024 * 1024];
        new Random(1).NextBytes(frame);

        _output.Write(frame);
        var flush = _output.FlushAsync().AsTask();
        Assert.False(flush.IsCompleted);

        Assert.Equal(frame, await _client.ReadExactlyAsync(frame.Length));
        await flush.WaitAsync(TestSession.Patience);
    }

    [Fact]
    public async Task FlushAsync_WhenTheLinkIsCutMeanwhile_Fails()
    {
        _output.Write(new byte[16 * 1024 * 1024]);
        var flush = _output.FlushAsync().AsTask();
        Assert.False(flush.IsCompleted);

        _server.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => flush.WaitAsync(TestSession.Patience));
        Assert.ThrowsAny<Exception>(() =>
        {
            _output.Write([1]);
            _output.FlushAsync();
        });
    }

    [Fact]
    public async Task Sender_InAnyMixOfThreadsAndBatches_LosesAndReordersNothingThatItTook()
    {
        var genSteps = Gen.Select(Gen.Int[1, 40_000], Gen.Int[0, 9]).Array[1, 60];
        await genSteps.SampleAsync(async steps =>
        {
            var (server, client) = Connect();
            server.SendBufferSize = 4096;
            var sender = new FrameSender(new TestLink(), new SocketFrameOutput(server), maxQueuedBytes: 128 * 1024);
            var reading = client.ReadAllAsync();
            var taken = new List<byte>();
            var isBatch = false;
            foreach (var (size, mark) in steps)
            {
                if (mark == 0 && !isBatch) FlushBatch.Begin();
                if (mark == 1 && isBatch) FlushBatch.End();
                isBatch = mark switch { 0 => true, 1 => false, _ => isBatch };
                var frame = new byte[size];
                Array.Fill(frame, (byte)mark);
                if (sender.TryEnqueue(new Frame(frame))) taken.AddRange(frame);
            }

            if (isBatch) FlushBatch.End();
            sender.TryFinish(default, dropQueued: false);
            await sender.DrainAsync().WaitAsync(TestSession.Patience);
            server.Shutdown(SocketShutdown.Send);
            var received = await reading;
            server.Dispose();
            client.Dispose();
            return received.SequenceEqual(taken);
        }, iter: 100);
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    private static (Socket Server, Socket Client) Connect()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        return (listener.Accept(), client);
    }
}
