using System.Buffers;
using System.IO.Pipelines;
using CsCheck;
using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports.Sending;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Transports.Sending;

public sealed class FrameSenderTests
{
    private const int PipeBytes = 1024;
    private const int MaxQueuedBytes = 4096;

    private readonly TestLink _link = new();
    private readonly Pipe _output = new(new PipeOptions(
        pauseWriterThreshold: PipeBytes, resumeWriterThreshold: PipeBytes / 2, useSynchronizationContext: false));

    private readonly CountingPipeWriter _writer;
    private readonly FrameSender _sender;

    public FrameSenderTests()
    {
        _writer = new CountingPipeWriter(_output.Writer);
        _sender = new FrameSender(_link, new PipeFrameOutput(_writer), MaxQueuedBytes);
    }

    [Fact]
    public async Task TryEnqueue_WritesAtOnce()
    {
        Assert.True(_sender.TryEnqueue(Frame(1, 10)));
        Assert.True(_sender.TryEnqueue(Frame(2, 10)));

        Assert.Equal(2, _writer.Flushes);
        byte[] expected = [.. Frame(1, 10).Bytes, .. Frame(2, 10).Bytes];
        Assert.Equal(expected, await ReadAsync(20));
    }

    [Fact]
    public async Task EnqueueFirst_GoesBeforeWhatWaits()
    {
        Frame[] frames = [Frame(1, PipeBytes), Frame(2, 100), Frame(3, 100)];
        foreach (var frame in frames)
            Assert.True(_sender.TryEnqueue(frame));

        _sender.EnqueueFirst(Frame(9, 10));

        byte[] expected = [.. frames[0].Bytes, .. Frame(9, 10).Bytes, .. frames[1].Bytes, .. frames[2].Bytes];
        Assert.Equal(expected, await ReadAsync(expected.Length));
    }

    [Fact]
    public async Task DrainAsync_CompletesWhenNothingWaits_TimeAfterTime()
    {
        for (var round = 0; round < 2; round++)
        {
            _sender.TryEnqueue(Frame(1, PipeBytes));
            _sender.TryEnqueue(Frame(2, 100));
            var drained = _sender.DrainAsync();
            Assert.False(drained.IsCompleted);

            await ReadAsync(PipeBytes + 100);

            await drained.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task QueuedBytes_AreThoseOfTheFramesThatWait()
    {
        _sender.TryEnqueue(Frame(1, PipeBytes));
        Assert.Equal(0, _sender.QueuedBytes);
        _sender.TryEnqueue(Frame(2, 100));
        _sender.TryEnqueue(Frame(3, 50));
        var drained = _sender.DrainAsync();

        Assert.Equal(150, _sender.QueuedBytes);
        await ReadAsync(PipeBytes + 150);
        await drained.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, _sender.QueuedBytes);
    }

    [Fact]
    public void TryEnqueue_OneFrameAboveTheBound_IsTakenAndASecondIsNot()
    {
        _sender.TryEnqueue(Frame(1, PipeBytes));

        Assert.True(_sender.TryEnqueue(Frame(2, MaxQueuedBytes + 1)));
        Assert.False(_sender.TryEnqueue(Frame(3, 1)));
    }

    [Fact]
    public void TryEnqueue_InABatch_FlushesOnceAtTheEnd()
    {
        FlushBatch.Begin();
        for (var i = 0; i < 50; i++) _sender.TryEnqueue(Frame(i, 10));
        Assert.Equal(0, _writer.Flushes);

        FlushBatch.End();

        Assert.Equal(1, _writer.Flushes);
        FlushBatch.Begin();
        FlushBatch.End();
        Assert.Equal(1, _writer.Flushes); // and not at all when there was nothing
    }

    [Fact]
    public void EnqueueFirst_InABatch_IsFlushedAtItsEnd()
    {
        FlushBatch.Begin();
        _sender.EnqueueFirst(Frame(1, 10));
        Assert.Equal(0, _writer.Flushes);

        FlushBatch.End();

        Assert.Equal(1, _writer.Flushes);
    }

    [Fact]
    public void TryEnqueue_InABatchWithinABatch_IsFlushedWithTheOuterOne()
    {
        FlushBatch.Begin();
        FlushBatch.Begin();
        _sender.TryEnqueue(Frame(1, 10));
        FlushBatch.End();
        Assert.Equal(0, _writer.Flushes);

        FlushBatch.End();

        Assert.Equal(1, _writer.Flushes);
    }

    [Fact]
    public async Task TryFinish_InABatch_LeavesNothingPutOff()
    {
        FlushBatch.Begin();
        _sender.TryEnqueue(Frame(1, 10));
        _sender.TryFinish(default, dropQueued: false);
        Assert.Equal(1, _writer.Flushes);
        _sender.TryEnqueue(Frame(2, 10));

        FlushBatch.End();

        Assert.Equal(1, _writer.Flushes);
        Assert.Equal(Frame(1, 10).Bytes, await ReadAsync(10));
    }

    [Fact]
    public async Task TryReplaceOutput_BeforeAnythingWasSent_SendsByTheNewOne()
    {
        var other = new Pipe();
        _sender.TryReplaceOutput(new PipeFrameOutput(other.Writer));
        _sender.TryEnqueue(Frame(1, 10));

        _sender.TryReplaceOutput(new PipeFrameOutput(_writer));
        _sender.TryEnqueue(Frame(2, 10));

        Assert.Equal(0, _writer.Flushes);
        byte[] expected = [.. Frame(1, 10).Bytes, .. Frame(2, 10).Bytes];
        Assert.Equal(expected, await ReadAsync(other.Reader, 20));
    }

    [Fact]
    public async Task TryEnqueue_DuringTheBatchOfAnotherThread_IsNotPutOff()
    {
        FlushBatch.Begin();
        _sender.TryEnqueue(Frame(1, 10));

        var other = new Thread(() => _sender.TryEnqueue(Frame(2, 10)));
        other.Start();
        other.Join();

        Assert.Equal(1, _writer.Flushes);
        FlushBatch.End();
        byte[] expected = [.. Frame(1, 10).Bytes, .. Frame(2, 10).Bytes];
        Assert.Equal(expected, await ReadAsync(20));
    }

    [Fact]
    public void TryEnqueue_InABatchAndMuch_BeginsToFlush()
    {
        var wide = new FrameSender(_link, new PipeFrameOutput(_writer), 1 << 20);

        FlushBatch.Begin();
        wide.TryEnqueue(Frame(1, 10_000));
        Assert.Equal(0, _writer.Flushes);
        wide.TryEnqueue(Frame(2, 10_000));

        Assert.Equal(1, _writer.Flushes);
        FlushBatch.End();
    }

    [Fact]
    public async Task TryEnqueue_WhenThePipeIsFull_QueuesUpToTheLimitAndNoFurther()
    {
        Assert.True(_sender.TryEnqueue(Frame(1, PipeBytes)));
        for (var i = 0; i < 4; i++) Assert.True(_sender.TryEnqueue(Frame(i + 2, MaxQueuedBytes / 4)));

        Assert.False(_sender.TryEnqueue(Frame(9, 1)));
        Assert.False(_sender.TryEnqueue(Frame(9, MaxQueuedBytes * 2)));

        var all = await ReadAsync(PipeBytes + MaxQueuedBytes);
        Assert.Equal(Enumerable.Range(1, 5).SelectMany(i => Frame(i, PipeBytes).Bytes), all);
        await _sender.DrainAsync().WaitAsync(TestSession.Patience);
        Assert.True(_sender.TryEnqueue(Frame(6, 1)));
        Assert.Equal(6, Assert.Single(await ReadAsync(1)));
    }

    [Fact]
    public async Task TryFinish_LetsTheQueueOut_ThenTheLastFrame_ThenNothing()
    {
        Fill();
        Assert.True(_sender.TryFinish(Frame(7, 3), dropQueued: false));
        Assert.False(_sender.TryFinish(Frame(8, 3), dropQueued: false));
        Assert.True(_sender.TryEnqueue(Frame(9, 3)));
        Assert.True(_sender.TryEnqueue(Frame(9, MaxQueuedBytes * 2)));

        var drained = _sender.DrainAsync();
        Assert.False(drained.IsCompleted);
        byte[] expected = [.. Frame(1, PipeBytes).Bytes, .. Frame(2, 100).Bytes, 7, 7, 7];
        Assert.Equal(expected, await ReadAsync(PipeBytes + 103));
        await drained.WaitAsync(TestSession.Patience);
        Assert.False(_output.Reader.TryRead(out _));
    }

    [Fact]
    public async Task TryFinish_ThatDrops_SendsOnlyWhatThePipeHasAndTheLastFrame()
    {
        Fill();

        _sender.TryFinish(Frame(7, 3), dropQueued: true);

        byte[] expected = [.. Frame(1, PipeBytes).Bytes, 7, 7, 7];
        Assert.Equal(expected, await ReadAsync(PipeBytes + 3));
    }

    [Fact]
    public async Task TryFinish_WithoutRoomForTheLastFrame_DropsTheQueue()
    {
        Fill();
        Assert.True(_sender.TryEnqueue(Frame(3, MaxQueuedBytes - 100)));

        _sender.TryFinish(Frame(7, 3), dropQueued: false);

        byte[] expected = [.. Frame(1, PipeBytes).Bytes, 7, 7, 7];
        Assert.Equal(expected, await ReadAsync(PipeBytes + 3));
    }

    [Fact]
    public async Task TryEnqueue_WhenNobodyReadsAnyMore_DropsAndTellsTheLink()
    {
        await _output.Reader.CompleteAsync();

        Assert.True(_sender.TryEnqueue(Frame(1, 10)));

        Assert.True(_sender.IsBroken);
        await _link.Broken;
        Assert.True(_sender.TryEnqueue(Frame(2, MaxQueuedBytes * 2)));
        Assert.True(_sender.DrainAsync().IsCompleted);
    }

    [Fact]
    public async Task TryEnqueue_WhenThePipeFails_DropsAndTellsTheLink()
    {
        _writer.Failure = new IOException("broken");

        Assert.True(_sender.TryEnqueue(Frame(1, 10)));

        Assert.True(_sender.IsBroken);
        await _link.Broken;
    }

    [Fact]
    public async Task Queue_WhenThePipeBreaks_IsDroppedAndTheDrainEnds()
    {
        Fill();
        var drained = _sender.DrainAsync();

        await _output.Reader.CompleteAsync();

        await drained.WaitAsync(TestSession.Patience);
        Assert.True(_sender.IsBroken);
        Assert.True(_sender.TryEnqueue(Frame(3, MaxQueuedBytes * 2)));
    }

    [Fact]
    public async Task TryEnqueue_WithInlineSchedulers_NeitherLocksUpNorReorders()
    {
        var pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 64, resumeWriterThreshold: 32, useSynchronizationContext: false));
        var sender = new FrameSender(_link, new PipeFrameOutput(pipe.Writer), int.MaxValue);
        var expected = Enumerable.Range(0, 2000).SelectMany(static i => Frame(i, 1 + (i % 50)).Bytes).ToArray();
        var reading = ReadAsync(pipe.Reader, expected.Length);

        for (var i = 0; i < 2000; i++) Assert.True(sender.TryEnqueue(Frame(i, 1 + (i % 50))));

        Assert.Equal(expected, await reading);
    }

    [Fact]
    public async Task TryEnqueue_InAnyMix_LosesAndReordersNothingThatItTook()
    {
        var genSteps = Gen.Select(Gen.Bool, Gen.Int[1, 600], Gen.Int[0, 9]).Array[1, 60];
        await genSteps.SampleAsync(async steps =>
        {
            var pipe = new Pipe(new PipeOptions(
                pauseWriterThreshold: PipeBytes, resumeWriterThreshold: PipeBytes / 2, useSynchronizationContext: false));
            var sender = new FrameSender(_link, new PipeFrameOutput(pipe.Writer), MaxQueuedBytes);
            var taken = new List<byte>();
            var received = new List<byte>();
            var isBatch = false;
            foreach (var (isSend, size, mark) in steps)
            {
                if (mark == 0 && !isBatch) FlushBatch.Begin();
                if (mark == 1 && isBatch) FlushBatch.End();
                isBatch = mark switch { 0 => true, 1 => false, _ => isBatch };
                if (isSend)
                {
                    if (sender.TryEnqueue(Frame(mark, size))) taken.AddRange(Frame(mark, size).Bytes);
                }
                else if (pipe.Reader.TryRead(out var result))
                {
                    var part = result.Buffer.Slice(0, Math.Min(size, result.Buffer.Length));
                    received.AddRange(part.ToArray());
                    pipe.Reader.AdvanceTo(part.End);
                }
            }

            if (isBatch) FlushBatch.End();
            received.AddRange(await ReadAsync(pipe.Reader, taken.Count - received.Count));
            return received.SequenceEqual(taken);
        }, iter: 300);
    }

    [Fact]
    public void TryEnqueue_OnAPipeThatKeepsUp_AllocatesNothing()
    {
        var frame = Frame(1, 128);
        Send(100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Send(int times)
        {
            for (var i = 0; i < times; i++)
            {
                _sender.TryEnqueue(frame);
                _output.Reader.TryRead(out var result);
                _output.Reader.AdvanceTo(result.Buffer.End);
            }
        }
    }

    private static Frame Frame(int value, int length)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, (byte)value);
        return new Frame(bytes);
    }

    /// <summary>Fills the pipe, and puts a frame into the queue behind.</summary>
    private void Fill()
    {
        Assert.True(_sender.TryEnqueue(Frame(1, PipeBytes)));
        Assert.True(_sender.TryEnqueue(Frame(2, 100)));
    }

    private Task<byte[]> ReadAsync(int count) => ReadAsync(_output.Reader, count);

    private static async Task<byte[]> ReadAsync(PipeReader reader, int count)
    {
        if (count == 0) return [];

        var result = await reader.ReadAtLeastAsync(count).AsTask().WaitAsync(TestSession.Patience);
        var part = result.Buffer.Slice(0, count);
        var bytes = part.ToArray();
        reader.AdvanceTo(part.End);
        return bytes;
    }
}
