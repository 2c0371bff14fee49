using System.Net;
using System.Net.Sockets;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Tests.Transports.Sending;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>What holds for frames that are sent together; where the system forbids io_uring, the same for those that are sent one by one.</summary>
public sealed class SendRingTests : IDisposable
{
    private const int SmallBuffer = 4096;

    private readonly SocketLoop _loop = new(minSendsTogether: 1, NullLogger.Instance);
    private readonly List<Peer> _peers = [];

    [Fact]
    public async Task Frames_SameAndDifferentOnes_ReachEachConnectionInOrder()
    {
        byte[] shared = [1, 2, 3], own = [4];
        var peers = Connect(20);

        InARound(() =>
        {
            for (var i = 0; i < peers.Length; i++)
            {
                peers[i].Enqueue(shared);
                if (i % 3 == 0)
                    peers[i].Enqueue(own);
                peers[i].Enqueue([(byte)(i + 10)]);
            }
        });

        for (var i = 0; i < peers.Length; i++)
        {
            byte[] expected = i % 3 == 0 ? [1, 2, 3, 4, (byte)(i + 10)] : [1, 2, 3, (byte)(i + 10)];
            Assert.Equal(expected, await peers[i].ReceiveAsync(expected.Length));
            Assert.True(peers[i].Sender.DrainAsync().IsCompleted);
        }
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_GetsTheRestWhenItDoes_AndTheOthersDoNotWait()
    {
        var slow = Connect(1)[0];
        var fast = Connect(2);
        byte[][] frames = [.. Enumerable.Range(1, 200).Select(static number => Filled(16 * 1024, (byte)number))];

        foreach (var frame in frames)
        {
            InARound(() =>
            {
                slow.Enqueue(frame);
                foreach (var peer in fast)
                    peer.Enqueue([frame[0]]);
            });
        }

        foreach (var peer in fast)
            Assert.Equal(frames.Select(static frame => frame[0]), await peer.ReceiveAsync(frames.Length));
        var drained = slow.Sender.DrainAsync();
        Assert.False(drained.IsCompleted);
        Assert.Equal(frames.SelectMany(static frame => frame), await slow.ReceiveAsync(frames.Sum(static frame => frame.Length)));
        await drained.WaitAsync(TestSession.Patience);
    }

    [Fact]
    public async Task Client_ThatIsGone_BreaksItsOwnLinkOnly()
    {
        var peers = Connect(5);
        peers[2].Socket.Abort();

        InARound(() =>
        {
            foreach (var peer in peers)
                peer.Enqueue([7]);
        });

        await peers[2].Link.Broken;
        Assert.True(peers[2].Sender.IsBroken);
        foreach (var peer in peers.Where(peer => peer != peers[2]))
            Assert.Equal([7], await peer.ReceiveAsync(1));
    }

    [Fact]
    public async Task Frame_ThatAnotherThreadSendsMeanwhile_StandsBehind()
    {
        var peers = Connect(2);
        var meanwhile = new Meanwhile(() => peers[0].Sender.TryEnqueue(new Frame([2])));

        InARound(() =>
        {
            peers[0].Enqueue([1]);
            FlushBatch.Current!.Add(meanwhile);
            peers[1].Enqueue([1]);
        });

        Assert.Equal([1, 2], await peers[0].ReceiveAsync(2));
        Assert.Equal([1], await peers[1].ReceiveAsync(1));
    }

    [Fact]
    public async Task Frames_ThatComeBeforeTheRoundEnds_MakeNoClientSlow()
    {
        var peer = Connect(1, maxQueuedBytes: 4)[0];
        byte[][] frames = [[2, 2, 2], [3, 3, 3], [4, 4, 4]];
        var taken = true;
        var meanwhile = new Meanwhile(() =>
        {
            foreach (var frame in frames)
                taken &= peer.Sender.TryEnqueue(new Frame(frame));
        });

        InARound(() =>
        {
            peer.Enqueue([1]);
            FlushBatch.Current!.Add(meanwhile);
        });

        Assert.True(taken);
        Assert.Equal([1, 2, 2, 2, 3, 3, 3, 4, 4, 4], await peer.ReceiveAsync(10));
    }

    [Fact]
    public async Task LastFrame_OfAConnectionThatEndsMeanwhile_StandsBehind_AndItsEndIsWaitedFor()
    {
        var peer = Connect(1)[0];
        Task? drained = null;
        var meanwhile = new Meanwhile(() =>
        {
            peer.Sender.TryFinish(new Frame([9]), dropQueued: false);
            drained = peer.Sender.DrainAsync();
        });

        InARound(() =>
        {
            peer.Enqueue([1]);
            FlushBatch.Current!.Add(meanwhile);
        });

        await drained!.WaitAsync(TestSession.Patience);
        Assert.Equal([1, 9], await peer.ReceiveAsync(2));
    }

    [Fact]
    public async Task MoreThanTheRoundHasRoomFor_IsSentAllTheSame()
    {
        var peers = Connect(3);
        byte[][] frames = [Filled(200 * 1024, 1), Filled(200 * 1024, 2), Filled(500 * 1024, 3)];

        InARound(() =>
        {
            for (var i = 0; i < peers.Length; i++)
                peers[i].Enqueue(frames[i]);
        });

        for (var i = 0; i < peers.Length; i++)
            Assert.Equal(frames[i], await peers[i].ReceiveAsync(frames[i].Length));
    }

    [Fact]
    public async Task Senders_InAnyMixOfRounds_LoseAndReorderNothingThatTheyTook()
    {
        var genSteps = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 40_000], Gen.Int[0, 9]).Array[1, 60];
        await genSteps.SampleAsync(async steps =>
        {
            var peers = Connect(3);
            var reading = peers.Select(static peer => peer.ReceiveAllAsync()).ToArray();
            var taken = peers.Select(static _ => new List<byte>()).ToArray();
            foreach (var round in Rounds(steps))
            {
                InARound(() =>
                {
                    foreach (var (peer, size, mark) in round)
                    {
                        var frame = Filled(size, (byte)mark);
                        if (peers[peer].Enqueue(frame))
                            taken[peer].AddRange(frame);
                    }
                });
            }

            for (var i = 0; i < peers.Length; i++)
            {
                peers[i].Sender.TryFinish(default, dropQueued: false);
                await peers[i].Sender.DrainAsync().WaitAsync(TestSession.Patience);
                peers[i].Socket.Abort();
                if (!(await reading[i].WaitAsync(TestSession.Patience)).SequenceEqual(taken[i]))
                    return false;
            }

            return true;
        }, iter: 100, threads: 1);
    }

    public void Dispose()
    {
        foreach (var peer in _peers)
            peer.Dispose();
        _loop.Dispose();
    }

    /// <summary>Each mark of zero begins a new one.</summary>
    private static IEnumerable<List<(int Peer, int Size, int Mark)>> Rounds((int Peer, int Size, int Mark)[] steps)
    {
        var round = new List<(int, int, int)>();
        foreach (var step in steps)
        {
            round.Add(step);
            if (step.Mark != 0)
                continue;
            yield return round;
            round = [];
        }

        yield return round;
    }

    private static byte[] Filled(int size, byte value)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, value);
        return bytes;
    }

    /// <summary>Runs code in a batch, of few connections, on a thread that flushes.</summary>
    private static void InARound(Action enqueue)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                FlushRound.IsFlushThread = true;
                using var batch = FlushBatch.Begin();
                enqueue();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private Peer[] Connect(int count, int maxQueuedBytes = 16 * 1024 * 1024)
    {
        var peers = Enumerable.Range(0, count).Select(_ => new Peer(_loop, maxQueuedBytes)).ToArray();
        _peers.AddRange(peers);
        return peers;
    }

    /// <summary>Runs on another thread in the middle of a round.</summary>
    private sealed class Meanwhile(Action action) : IFlushable
    {
        public void FlushPutOff()
        {
            var thread = new Thread(() => action());
            thread.Start();
            thread.Join();
        }
    }

    /// <summary>Both ends of a connection.</summary>
    private sealed class Peer : ILoopHandler, IDisposable
    {
        private readonly Socket _client;
        private readonly Socket _server;
        private readonly SocketWriter _writer;

        public Peer(SocketLoop loop, int maxQueuedBytes)
        {
            using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = SmallBuffer };
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            _client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _client.Connect(listener.LocalEndPoint!);
            _server = listener.Accept();
            _server.Blocking = false;
            SocketWriter? writer = null;
            Socket = loop.Add((int)_server.Handle, socket =>
            {
                writer = new SocketWriter(socket);
                return this;
            });
            _writer = writer!;
            Sender = new FrameSender(Link, _writer, maxQueuedBytes);
        }

        public LoopSocket Socket { get; }

        public TestLink Link { get; } = new();

        public FrameSender Sender { get; }

        public bool Enqueue(byte[] frame) => Sender.TryEnqueue(new Frame(frame));

        public void OnReady(Readiness readiness)
        {
            if (readiness.HasFlag(Readiness.Write))
                _writer?.OnWritable();
        }

        public async Task<byte[]> ReceiveAsync(int count)
        {
            var bytes = new byte[count];
            using var patience = new CancellationTokenSource(TestSession.Patience);
            for (var at = 0; at < count;)
            {
                var received = await _client.ReceiveAsync(bytes.AsMemory(at), patience.Token);
                Assert.NotEqual(0, received);
                at += received;
            }

            return bytes;
        }

        public async Task<List<byte>> ReceiveAllAsync()
        {
            var all = new List<byte>();
            var buffer = new byte[8192];
            while (await _client.ReceiveAsync(buffer) is var count && count > 0)
                all.AddRange(buffer.AsSpan(0, count));
            return all;
        }

        public void Dispose()
        {
            Socket.Loop.Remove(Socket);
            _client.Dispose();
            _server.Dispose();
        }
    }
}
