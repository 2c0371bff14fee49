using System.Text;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>What RFC 6455 asks of a server, seen from the wire.</summary>
public abstract class WebSocketFramingTests(HostKind kind)
{
    private const int Limit = 64 * 1024;

    public static TheoryData<string> InvalidUtf8 =>
    [
        "80", "BF", "FF", "FE", "C080", "C1BF", "E08080", "EDA080", "EDBFBF", "F0808080", "F4908080", "F8888080", "C3", "E282", "F09F98",
        "48656C6C6FFF", "CEBAE1BDB9CF83CEBCCEB5EDA080656469746564",
    ];

    public static TheoryData<HostKind, int> Sizes
    {
        get
        {
            var data = new TheoryData<HostKind, int>();
            foreach (var kind in Enum.GetValues<HostKind>())
            {
                foreach (var size in new[] { 0, 1, 125, 126, 127, 4095, 4096, 65535, Limit }) data.Add(kind, size);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Message_OfAnySizeUpToTheLimit_ComesBackWhole(HostKind kind, int size)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;
        var payload = Enumerable.Range(0, size).Select(static i => (byte)(i * 31)).ToArray();

        await client.SendAsync(new RawWebSocketFrame(RawWebSocketFrame.BinaryFrame, payload));

        Assert.Equal(payload, (await client.ReadFrameAsync()).Payload);
    }

    [Fact]
    public async Task Message_OneByteOverTheLimit_IsClosedWith1009_WhichTheClientStillReads()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(new RawWebSocketFrame(RawWebSocketFrame.BinaryFrame, new byte[Limit + 1]));

        await ExpectCloseAsync(client, session, 1009, "message exceeds 65536 bytes");
    }

    [Fact]
    public async Task Message_OverTheLimitInFragments_IsClosedWith1009()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;
        byte[] half = new byte[Limit / 2];

        await client.SendAsync(
            new RawWebSocketFrame(RawWebSocketFrame.BinaryFrame, half) { IsFinal = false },
            new RawWebSocketFrame(RawWebSocketFrame.Continuation, half) { IsFinal = false },
            new RawWebSocketFrame(RawWebSocketFrame.Continuation, []) { IsFinal = false },
            new RawWebSocketFrame(RawWebSocketFrame.Continuation, [1]));

        await ExpectCloseAsync(client, session, 1009, "message exceeds 65536 bytes");
    }

    [Theory]
    [InlineData(1UL << 62, 1009)]
    [InlineData((1UL << 63) - 1, 1009)]
    [InlineData(1UL << 63, 1002)]
    [InlineData(ulong.MaxValue, 1002)]
    public async Task Length_BeyondAllMeasure_ClosesAtTheHeader(ulong length, int code)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(new RawWebSocketFrame(RawWebSocketFrame.BinaryFrame, [1, 2, 3]) { ClaimedLength = length });

        Assert.Equal(code, (await client.ReadFrameAsync()).CloseCode);
        await session.Closed;
    }

    [Fact]
    public async Task Fragments_ManyAndEmpty_AreClosedWith1008()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;
        var empty = new RawWebSocketFrame(RawWebSocketFrame.Continuation, []) { IsFinal = false };

        await client.SendAsync(Enumerable.Repeat(empty, 99_999).Prepend(RawWebSocketFrame.OfText("", isFinal: false)));

        await ExpectCloseAsync(client, session, 1008, "message exceeds 1024 fragments");
    }

    [Fact]
    public async Task Fragments_AsManyAsAllowed_MakeOneMessage()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;
        var piece = RawWebSocketFrame.OfContinuation("x", isFinal: false);

        await client.SendAsync(
            [RawWebSocketFrame.OfText("x", isFinal: false), .. Enumerable.Repeat(piece, 1022), RawWebSocketFrame.OfContinuation("y")]);

        Assert.Equal(new string('x', 1023) + "y", (await client.ReadFrameAsync()).Text);
    }

    [Fact]
    public async Task Fragments_WithControlFramesBetween_AreAnsweredAtOnce_AndTheMessageIsWhole()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(RawWebSocketFrame.OfText("one ", isFinal: false), RawWebSocketFrame.OfPing("a"));
        Assert.Equal("a", (await client.ReadFrameAsync()).Text);
        await client.SendAsync(
            RawWebSocketFrame.OfContinuation("two ", isFinal: false), new RawWebSocketFrame(RawWebSocketFrame.PongFrame, []));
        await session.Pong;
        await client.SendAsync(RawWebSocketFrame.OfContinuation("three"), RawWebSocketFrame.OfText("next"));

        Assert.Equal("one two three", (await client.ReadFrameAsync()).Text);
        Assert.Equal("next", (await client.ReadFrameAsync()).Text);
    }

    [Fact]
    public async Task Frames_ByteByByte_AreTheSame()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;
        RawWebSocketFrame[] frames =
        [
            RawWebSocketFrame.OfText("κόσμε"), RawWebSocketFrame.OfPing("ping"),
            RawWebSocketFrame.OfText("fra", isFinal: false), RawWebSocketFrame.OfContinuation("gment"),
            RawWebSocketFrame.OfText(new string('l', 300)),
        ];

        foreach (var one in frames.SelectMany(static frame => frame.ToBytes())) await client.SendAsync(new[] { one });

        Assert.Equal("κόσμε", (await client.ReadFrameAsync()).Text);
        Assert.Equal("ping", (await client.ReadFrameAsync()).Text);
        Assert.Equal("fragment", (await client.ReadFrameAsync()).Text);
        Assert.Equal(new string('l', 300), (await client.ReadFrameAsync()).Text);
    }

    [Theory]
    [InlineData(2, 4, true, null, "reserved bit set")]
    [InlineData(2, 2, true, null, "reserved bit set")]
    [InlineData(2, 1, true, null, "reserved bit set")]
    [InlineData(9, 4, true, null, "reserved bit set")]
    [InlineData(3, 0, true, null, "reserved opcode")]
    [InlineData(7, 0, true, null, "reserved opcode")]
    [InlineData(11, 0, true, null, "reserved opcode")]
    [InlineData(15, 0, true, null, "reserved opcode")]
    [InlineData(1, 0, false, null, "frame not masked")]
    [InlineData(9, 0, false, null, "frame not masked")]
    [InlineData(8, 0, false, null, "frame not masked")]
    [InlineData(2, 0, true, 2, "invalid frame length")]
    [InlineData(2, 0, true, 8, "invalid frame length")]
    [InlineData(9, 0, true, 2, "invalid frame length")]
    [InlineData(0, 0, true, null, "unexpected continuation")]
    public async Task Frame_ThatBreaksARule_IsClosedWith1002(byte opcode, byte reserved, bool isMasked, int? lengthBytes, string reason)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(
            RawWebSocketFrame.OfText("before"),
            new RawWebSocketFrame(opcode, "bad"u8.ToArray()) { Reserved = reserved, IsMasked = isMasked, LengthBytes = lengthBytes },
            RawWebSocketFrame.OfText("after"));

        Assert.Equal("before", (await client.ReadFrameAsync()).Text);
        await ExpectCloseAsync(client, session, 1002, reason);
        Assert.Equal("before"u8.ToArray(), await session.NextMessageAsync());
    }

    [Theory]
    [InlineData(true, 126, "control frame too long")]
    [InlineData(false, 1, "fragmented control frame")]
    public async Task ControlFrame_LongOrFragmented_IsClosedWith1002(bool isFinal, int length, string reason)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(new RawWebSocketFrame(RawWebSocketFrame.PingFrame, new byte[length]) { IsFinal = isFinal });

        await ExpectCloseAsync(client, session, 1002, reason);
    }

    [Fact]
    public async Task Message_InsideAFragmentedMessage_IsClosedWith1002()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(RawWebSocketFrame.OfText("one", isFinal: false), RawWebSocketFrame.OfText("two"));

        await ExpectCloseAsync(client, session, 1002, "continuation expected");
    }

    [Theory]
    [MemberData(nameof(InvalidUtf8))]
    public async Task Text_ThatIsNotUtf8_IsClosedWith1007_AlsoInFragments(string hex)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var bytes = Convert.FromHexString(hex);
        foreach (var cut in new[] { 0, 1, bytes.Length - 1 })
        {
            var (client, session) = await server.ConnectAsync();
            await using var _ = client;
            await client.SendAsync(cut == 0
                ? [new RawWebSocketFrame(RawWebSocketFrame.TextFrame, bytes)]
                : [
                    new RawWebSocketFrame(RawWebSocketFrame.TextFrame, bytes[..cut]) { IsFinal = false },
                    new RawWebSocketFrame(RawWebSocketFrame.Continuation, bytes[cut..]),
                ]);

            await ExpectCloseAsync(client, session, 1007, "text is not UTF-8");
        }
    }

    [Theory]
    [InlineData("κόσμε")]
    [InlineData("\0\u007f\u0080\u07ff\u0800\uffff\U00010000\U0010ffff")]
    [InlineData("\ufeffa byte order mark, and \ufffe")]
    public async Task Text_InUtf8_PassesWhereverItIsCut(string text)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;
        var bytes = Encoding.UTF8.GetBytes(text);

        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            await client.SendAsync(
                new RawWebSocketFrame(RawWebSocketFrame.TextFrame, bytes[..cut]) { IsFinal = false },
                RawWebSocketFrame.OfPing("between"),
                new RawWebSocketFrame(RawWebSocketFrame.Continuation, bytes[cut..]));
            Assert.Equal("between", (await client.ReadFrameAsync()).Text);
            Assert.Equal(text, (await client.ReadFrameAsync()).Text);
        }
    }

    [Fact]
    public async Task Binary_ThatIsNotUtf8_IsAMessageLikeAnother()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;

        await client.SendAsync(new RawWebSocketFrame(RawWebSocketFrame.BinaryFrame, [0xFF, 0xFE]));

        Assert.Equal([0xFF, 0xFE], (await client.ReadFrameAsync()).Payload);
    }

    [Fact]
    public async Task Pings_ManyAtOnce_AreAnsweredInOrderWithTheirPayload()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;
        var texts = Enumerable.Range(0, 500).Select(static i => $"{i}".PadLeft(i % 126, 'x')[..Math.Min(i % 126, 125)]).ToArray();

        await client.SendAsync(texts.Select(RawWebSocketFrame.OfPing));

        foreach (var text in texts)
        {
            var pong = await client.ReadFrameAsync();
            Assert.Equal((RawWebSocketFrame.PongFrame, text), (pong.Opcode, pong.Text));
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("03E8", "03E8")]
    [InlineData("0FA1627965", "0FA1")]
    [InlineData("03", "03EA")]
    [InlineData("03EC", "03EA")]
    [InlineData("03ED", "03EA")]
    [InlineData("03EE", "03EA")]
    [InlineData("1388", "03EA")]
    [InlineData("03E8FF", "03EF")]
    public async Task CloseFrame_IsAnsweredWithItsCode_OrWithWhatIsWrongInIt(string payload, string answer)
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, session) = await server.ConnectAsync();
        await using var _ = client;

        await client.SendAsync(
            new RawWebSocketFrame(RawWebSocketFrame.CloseFrame, Convert.FromHexString(payload)), RawWebSocketFrame.OfText("late"));

        var frame = await client.ReadFrameAsync();
        Assert.Equal((RawWebSocketFrame.CloseFrame, answer), (frame.Opcode, Convert.ToHexString(frame.Payload)));
        Assert.Empty(await client.ReadToEndAsync());
        await session.Closed;
        Assert.Null(session.Breach);
    }

    [Fact]
    public async Task CloseFrame_WithTheLongestReason_IsTaken()
    {
        await using var server = await WebSocketServer.StartAsync(kind);
        var (client, _) = await server.ConnectAsync();
        await using var _1 = client;

        await client.SendAsync(RawWebSocketFrame.OfClose(1000, new string('r', 123)));

        Assert.Equal(1000, (await client.ReadFrameAsync()).CloseCode);
    }

    private static async Task ExpectCloseAsync(RawWebSocketClient client, TestSession session, int code, string reason)
    {
        var frame = await client.ReadFrameAsync();
        Assert.Equal((RawWebSocketFrame.CloseFrame, code, reason), (frame.Opcode, frame.CloseCode, frame.CloseReason));
        await session.Closed; // the protocol is told at once, whether or not the client answers
        await client.SendAsync(RawWebSocketFrame.OfClose(code));
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Null(session.Breach);
    }
}

public sealed class WebSocketFramingOverPipesTests() : WebSocketFramingTests(HostKind.Raw);
public sealed class WebSocketFramingOverSocketTests() : WebSocketFramingTests(HostKind.Socket);
public sealed class WebSocketFramingOverTlsTests() : WebSocketFramingTests(HostKind.Tls);
public sealed class WebSocketFramingOverStreamTests() : WebSocketFramingTests(HostKind.Stream);
public sealed class WebSocketFramingOverOwnSocketTests() : WebSocketFramingTests(HostKind.Own);
public sealed class WebSocketFramingOverIoUringTests() : WebSocketFramingTests(HostKind.IoUring);
public sealed class WebSocketFramingOverOwnTlsTests() : WebSocketFramingTests(HostKind.OwnTls);
