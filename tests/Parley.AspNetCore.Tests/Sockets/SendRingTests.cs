using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>What holds for frames that are sent together; where the system forbids io_uring, the same for those that are sent one by one.</summary>
public abstract class SendRingTests : IAsyncDisposable
{
    private readonly SocketLoop _loop = new(minSendsTogether: 1, NullLogger.Instance);
    private readonly List<RoundPeer> _peers = [];

    [Fact]
    public async Task Frames_SameAndDifferentOnes_ReachEachConnectionInOrder()
    {
        byte[] shared = [1, 2, 3], own = [4];
        var peers = Connect(20);

        FlushThread.Run(() =>
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
            FlushThread.Run(() =>
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

        foreach (var frame in new byte[][] { [7], [8] })
        {
            FlushThread.Run(() =>
            {
                foreach (var peer in peers)
                    peer.Enqueue(frame);
            });
        }

        await peers[2].Link.Broken;
        Assert.True(peers[2].Sender.IsBroken);
        foreach (var peer in peers.Where(peer => peer != peers[2]))
            Assert.Equal([7, 8], await peer.ReceiveAsync(2));
    }

    [Fact]
    public async Task Frames_AreSentWhenTheRoundEnds()
    {
        var peers = Connect(2);
        var isSent = new bool[peers.Length];
        var meanwhile = new Meanwhile(() =>
        {
            for (var i = 0; i < peers.Length; i++)
                isSent[i] = peers[i].HasReceived;
        });

        FlushThread.Run(() =>
        {
            foreach (var peer in peers)
                peer.Enqueue([1]);
            FlushBatch.Current!.Add(meanwhile);
        });

        Assert.All(isSent, sent => Assert.Equal(!IsPermitted, sent));
        foreach (var peer in peers)
            Assert.Equal([1], await peer.ReceiveAsync(1));
    }

    [Fact]
    public async Task Frame_ThatAnotherThreadSendsMeanwhile_StandsBehind()
    {
        var peers = Connect(2);
        var meanwhile = new Meanwhile(() => peers[0].Sender.TryEnqueue(new Frame([2])));

        FlushThread.Run(() =>
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

        FlushThread.Run(() =>
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

        FlushThread.Run(() =>
        {
            peer.Enqueue([1]);
            FlushBatch.Current!.Add(meanwhile);
        });

        await drained!.WaitAsync(TestSession.Patience);
        Assert.Equal([1, 9], await peer.ReceiveAsync(2));
    }

    [Fact]
    public async Task Connection_ThatEndsMeanwhile_IsOpenUntilItsBytesAreSent()
    {
        var peers = Connect(3);
        var ending = Task.CompletedTask;

        FlushThread.Run(() =>
        {
            foreach (var peer in peers)
                peer.Enqueue([1]);
            FlushBatch.Current!.Add(new Meanwhile(() => ending = peers[1].EndAsync()));
        });

        await ending;
        Assert.Equal([1], await peers[1].ReceiveAllAsync());
        Assert.Equal([1], await peers[0].ReceiveAsync(1));
        Assert.Equal([1], await peers[2].ReceiveAsync(1));
    }

    [Fact]
    public async Task Notice_ThatHasOthersFlush_LeavesNobodyUntold()
    {
        var peers = Connect(3);
        var notice = new Notice(peers[0].Socket, () =>
        {
            using var batch = FlushBatch.Begin();
            peers[1].Enqueue([2]);
            peers[2].Enqueue([2]);
        });

        FlushThread.Run(() =>
        {
            FlushBatch.Current!.Add(notice);
            peers[1].Enqueue([1]);
        });

        Assert.Equal([1, 2], await peers[1].ReceiveAsync(2));
        Assert.Equal([2], await peers[2].ReceiveAsync(1));
        Assert.All(peers, static peer => Assert.True(peer.Sender.DrainAsync().IsCompleted));
    }

    [Fact]
    public async Task MoreThanTheRoundHasRoomFor_IsSentAllTheSame()
    {
        var peers = Connect(3);
        byte[][] frames = [Filled(200 * 1024, 1), Filled(200 * 1024, 2), Filled(500 * 1024, 3)];

        FlushThread.Run(() =>
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
                FlushThread.Run(() =>
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
                await peers[i].EndAsync();
                if (!(await reading[i].WaitAsync(TestSession.Patience)).SequenceEqual(taken[i]))
                    return false;
            }

            return true;
        }, iter: 100, threads: 1);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers)
            await peer.DisposeAsync();
        _loop.Dispose();
    }

    private protected abstract RoundPeer Connect(SocketLoop loop, int maxQueuedBytes);

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

    private static bool IsPermitted
    {
        get
        {
            try
            {
                using var queue = new IoUring(1);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    private static byte[] Filled(int size, byte value)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, value);
        return bytes;
    }

    private protected RoundPeer[] Connect(int count, int maxQueuedBytes = 16 * 1024 * 1024)
    {
        var peers = Enumerable.Range(0, count).Select(_ => Connect(_loop, maxQueuedBytes)).ToArray();
        _peers.AddRange(peers);
        return peers;
    }

    /// <summary>A send of the round's, and what is done when it is over.</summary>
    private sealed class Notice(LoopSocket socket, Action onSent) : IFlushable, IRoundSender
    {
        private bool _isFlushed;

        public void FlushPutOff()
        {
            if (Interlocked.Exchange(ref _isFlushed, true))
                return;
            if (SendRing.For(socket) is not { } ring)
                onSent();
            else
                Assert.True(ring.TryAdd(socket.Descriptor, [0], [], this));
        }

        public void OnSentWithOthers() => onSent();

        public void OnSentInPart(ReadOnlySpan<byte> rest) => throw new NotSupportedException();

        public void OnSendFailed() => throw new NotSupportedException();
    }
}

public sealed class SendRingOfTakenSocketsTests : SendRingTests
{
    private protected override RoundPeer Connect(SocketLoop loop, int maxQueuedBytes) => new TakenSocketPeer(loop, maxQueuedBytes);
}

public sealed class SendRingOfHttpConnectionsTests : SendRingTests
{
    [Fact]
    public async Task Socket_ThatIsTakenMeanwhile_IsGivenWhenTheBytesAreSent_OnAnotherThreadThanTheRounds()
    {
        var peer = (HttpConnectionPeer)Connect(1)[0];
        Thread? after = null;
        var taking = Task.CompletedTask;

        var round = FlushThread.Run(() =>
        {
            peer.Enqueue([1]);
            FlushBatch.Current!.Add(new Meanwhile(() => taking = TakeAsync()));
        });

        await taking;
        Assert.NotSame(round, after);
        Assert.Equal([1], await peer.ReceiveAsync(1));

        async Task TakeAsync()
        {
            await peer.TakeAsync();
            after = Thread.CurrentThread;
        }
    }

    private protected override RoundPeer Connect(SocketLoop loop, int maxQueuedBytes) => new HttpConnectionPeer(loop, maxQueuedBytes);
}
