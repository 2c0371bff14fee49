using CsCheck;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

public sealed class WebSocketFrameReaderTests
{
    private static readonly Gen<RawWebSocketFrame[]> GenMessage =
        from pieces in Gen.Frequency((3, Gen.Byte.Array[0, 30]), (1, Gen.Byte.Array[0, 700])).Array[1, 5]
        from controls in Gen.Byte.Array[0, 125].Array[0, 3]
        from isPing in Gen.Bool
        select Message(pieces, controls, isPing);

    private static readonly RawWebSocketFrame[] Faults =
    [
        new(2, [1, 2, 3]) { Reserved = 4 },
        new(2, [1, 2, 3]) { IsMasked = false },
        new(3, [1, 2, 3]),
        new(11, []),
        new(2, [1]) { LengthBytes = 2 },
        new(2, [1]) { LengthBytes = 8 },
        new(2, []) { ClaimedLength = 1UL << 63 },
        new(9, []) { IsFinal = false },
        new(9, new byte[126]),
        new(0, [1]),
        new(2, new byte[2000]),
        new(1, [0xC0, 0x80]),
        new(8, [3]),
        new(8, [0x03, 0xEC]),
        new(8, [0x03, 0xE8, 0xFF]),
    ];

    private static readonly Gen<RawWebSocketFrame[]> GenFault = Gen.Int[0, Faults.Length - 1].Select(static i => new[] { Faults[i] });

    [Fact]
    public void TryRead_HoweverTheBytesAreChopped_FindsTheSame()
    {
        var genStream = Gen.Select(
            GenMessage.Array[0, 6], Gen.Frequency((2, Gen.Const(Array.Empty<RawWebSocketFrame>())), (1, GenFault)), GenMessage.Array[0, 2]);
        Gen.Select(genStream, Gen.Int[1, 40].Array[1, 8], Gen.Int[1, 40].Array[1, 8]).Sample((stream, chops, segments) =>
        {
            var frames = stream.Item1.SelectMany(static m => m).Concat(stream.Item2).Concat(stream.Item3.SelectMany(static m => m));
            var bytes = frames.SelectMany(static frame => frame.ToBytes()).ToArray();
            var whole = new ReaderRun(1000).Feed(bytes);

            var chopped = new ReaderRun(1000);
            for (int at = 0, i = 0; at < bytes.Length; i++)
            {
                var length = Math.Min(chops[i % chops.Length], bytes.Length - at);
                chopped.Feed(bytes.AsSpan(at, length), segments);
                at += length;
            }

            chopped.Dispose();
            whole.Dispose();
            return chopped.Found.SequenceEqual(whole.Found) && chopped.Pool.Out == 0 && whole.Pool.Out == 0;
        });
    }

    [Fact]
    public void TryRead_ValidFrames_FindsWhatWasSent()
    {
        GenMessage.Array[0, 6].Sample(messages =>
        {
            var expected = messages.SelectMany(static message => message
                .Where(static frame => frame.Opcode is 9 or 10)
                .Select(static frame => frame.Opcode == 9 ? $"ping {Convert.ToHexString(frame.Payload)}" : "pong")
                .Append($"message {Convert.ToHexString([.. message.Where(static f => f.Opcode < 8).SelectMany(static f => f.Payload)])}"));

            var run = new ReaderRun().Feed([.. messages.SelectMany(static m => m).SelectMany(static frame => frame.ToBytes())]);

            return run.Found.SequenceEqual(expected) && run.Waiting == 0;
        });
    }

    [Fact]
    public void TryRead_AnyBytes_NeverThrowsAndLeaksNothing()
    {
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[1, 30].Array[1, 5]).Sample((bytes, chops) =>
        {
            var run = new ReaderRun(100);
            for (int at = 0, i = 0; at < bytes.Length; i++)
            {
                var length = Math.Min(chops[i % chops.Length], bytes.Length - at);
                run.Feed(bytes.AsSpan(at, length), chops);
                at += length;
            }

            run.Dispose();
            return run.Pool.Out == 0;
        });
    }

    [Fact]
    public void TryRead_WholeMessageInOneSegment_RentsNothing()
    {
        var run = new ReaderRun().Feed(RawWebSocketFrame.OfText(new string('x', 5000)).ToBytes());

        Assert.Single(run.Found);
        Assert.Equal(0, run.Pool.LargestRent);
    }

    [Fact]
    public void TryRead_HeaderThatPromisesMuch_RentsOnlyForWhatArrived()
    {
        var run = new ReaderRun(maxMessageBytes: int.MaxValue);

        run.Feed(new RawWebSocketFrame(2, new byte[10]) { ClaimedLength = int.MaxValue }.ToBytes());

        Assert.Empty(run.Found);
        Assert.InRange(run.Pool.LargestRent, 10, 4096);
        run.Dispose();
        Assert.Equal(0, run.Pool.Out);
    }

    [Fact]
    public void TryRead_AfterAFault_SkipsAllButTheCloseFrame()
    {
        var run = new ReaderRun();

        run.Feed(new RawWebSocketFrame(2, [1, 2, 3]) { IsMasked = false }.ToBytes());
        run.Feed([.. RawWebSocketFrame.OfText("ignored").ToBytes(), .. RawWebSocketFrame.OfPing("too").ToBytes()]);
        run.Feed(RawWebSocketFrame.OfClose(1000).ToBytes());

        Assert.Equal(["fault 1002 frame not masked", "close 1000"], run.Found);
    }

    [Fact]
    public void Discard_InTheMiddleOfAMessage_GivesItsBufferBackAndStillFindsTheCloseFrame()
    {
        var run = new ReaderRun();
        var message = RawWebSocketFrame.OfText("in two parts").ToBytes();
        run.Feed(message.AsSpan(0, 9));
        Assert.Equal(1, run.Pool.Out);

        run.Discard();
        run.Feed([.. message.AsSpan(9), .. RawWebSocketFrame.OfClose(1001).ToBytes()]);

        Assert.Equal(["close 1001"], run.Found);
        Assert.Equal(0, run.Pool.Out);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(999, false)]
    [InlineData(1000, true)]
    [InlineData(1003, true)]
    [InlineData(1004, false)]
    [InlineData(1005, false)]
    [InlineData(1006, false)]
    [InlineData(1007, true)]
    [InlineData(1011, true)]
    [InlineData(1014, true)]
    [InlineData(1015, false)]
    [InlineData(1016, false)]
    [InlineData(2999, false)]
    [InlineData(3000, true)]
    [InlineData(4999, true)]
    [InlineData(5000, false)]
    [InlineData(65535, false)]
    public void TryRead_CloseCode_IsAnsweredWithItself_OrWith1002WhenNoPeerMaySendIt(int code, bool isAllowed)
    {
        var run = new ReaderRun().Feed(RawWebSocketFrame.OfClose(code, "reason").ToBytes());

        Assert.Equal([$"close {(isAllowed ? code : 1002)}"], run.Found);
    }

    private static RawWebSocketFrame[] Message(byte[][] pieces, byte[][] controls, bool isPing)
    {
        var frames = pieces
            .Select((piece, i) => new RawWebSocketFrame(i == 0 ? (byte)2 : (byte)0, piece) { IsFinal = i == pieces.Length - 1 })
            .ToList();
        foreach (var control in controls)
            frames.Insert(frames.Count - 1, new RawWebSocketFrame(isPing ? (byte)9 : (byte)10, control));
        return [.. frames];
    }
}
