using System.Text;
using Parley.AspNetCore.Transports.WebSockets;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

public sealed class WebSocketFrameWriterTests
{
    [Theory]
    [InlineData(0, "8100")]
    [InlineData(1, "8101")]
    [InlineData(125, "817D")]
    [InlineData(126, "817E007E")]
    [InlineData(65535, "817EFFFF")]
    [InlineData(65536, "817F0000000000010000")]
    public void Create_AnyLength_UsesTheShortestHeader(int length, string header)
    {
        var payload = Enumerable.Range(0, length).Select(static i => (byte)i).ToArray();

        var bytes = WebSocketFraming.Text.Create(payload).Bytes;

        Assert.Equal([.. Convert.FromHexString(header), .. payload], bytes);
    }

    [Fact]
    public void Create_Binary_HasItsOpcode() => Assert.Equal([0x82, 1, 7], WebSocketFraming.Binary.Create([7]).Bytes);

    [Fact]
    public void Close_WithoutCode_IsEmpty() => Assert.Equal([0x88, 0], WebSocketFrameWriter.Close(WebSocketCloseCode.None, "").Bytes);

    [Fact]
    public void Close_HasCodeAndReason() =>
        Assert.Equal([0x88, 6, 0x0B, 0xC0, .. "slow"u8], WebSocketFrameWriter.Close(3008, "slow").Bytes);

    [Fact]
    public void Close_ReasonThatIsNoText_IsStillUtf8() =>
        Assert.Equal([0x88, 7, 0x0B, 0xC0, .. "a\ufffdb"u8], WebSocketFrameWriter.Close(3008, "a\ud800b").Bytes);

    [Theory]
    [InlineData("x", 123)]
    [InlineData("é", 122)]
    [InlineData("€", 123)]
    [InlineData("😀", 120)]
    public void Close_LongReason_IsCutBetweenTwoCharacters(string character, int expectedBytes)
    {
        var reason = string.Concat(Enumerable.Repeat(character, 200));

        var sent = WebSocketFrameWriter.Close(3000, reason).Bytes.AsSpan(4);

        Assert.Equal(expectedBytes, sent.Length);
        Assert.StartsWith(Encoding.UTF8.GetString(sent), reason, StringComparison.Ordinal);
    }
}
