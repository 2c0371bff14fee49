using CsCheck;
using Parley.Protocol.Centrifuge;

namespace Parley.Protocol.Tests.Centrifuge.Protobuf;

public sealed class ProtobufPublishCommandTests
{
    private static readonly string[] Read =
    [
        "11 08 07 3A 0D 0A 04 'news' 12 05 'a b c'",
        "0F 08 FF FF FF FF 0F 3A 07 0A 02 C3 BC 12 01 00",
        "0D 08 81 00 3A 08 0A 01 'c' 12 03 01 02 03",
        "0A 08 01 3A 06 0A 01 'c' 12 01 'x' 0A 08 02 3A 06 0A 01 'd' 12 01 'y'",
    ];

    [Fact]
    public void Publish_InTheFormOfTheClients_IsReadWithoutObjects()
    {
        ReadOnlyMemory<byte> frame = Hex.Parse("11 08 07 3A 0D 0A 04 'news' 12 05 'a b c' 01 00");

        Assert.True(CentrifugeCodec.Protobuf.TryReadPublish(ref frame, out var command));

        Assert.Equal(7u, command.Id);
        Assert.Equal("news"u8, command.Channel.Span);
        Assert.Equal("a b c"u8, command.Data.Span);
        Assert.Equal([1, 0], frame.ToArray());
    }

    [Fact]
    public void ItsBytes_LeaveNothingOfTheFrameWhenThereIsNoMore()
    {
        ReadOnlyMemory<byte> frame = Hex.Parse("0E 08 FF FF FF FF 0F 3A 06 0A 01 'c' 12 01 00");

        Assert.True(CentrifugeCodec.Protobuf.TryReadPublish(ref frame, out var command));

        Assert.Equal(uint.MaxValue, command.Id);
        Assert.True(frame.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("02 08 01")]
    [InlineData("0A 08 00 3A 06 0A 01 'c' 12 01 'x'")] // id 0
    [InlineData("08 3A 06 0A 01 'c' 12 01 'x'")] // no id
    [InlineData("0E 08 FF FF FF FF 1F 3A 06 0A 01 'c' 12 01 'x'")] // an id beyond 32 bits
    [InlineData("0F 08 81 80 80 80 80 00 3A 06 0A 01 'c' 12 01 'x'")] // an id in more bytes than it needs
    [InlineData("04 08 01 3A 00")] // nothing in it
    [InlineData("07 08 01 3A 03 0A 01 'c'")] // no data
    [InlineData("09 08 01 3A 05 0A 01 'c' 12 00")] // empty data
    [InlineData("09 08 01 3A 05 0A 00 12 01 'x'")] // an empty channel
    [InlineData("0A 08 01 3A 06 0A 01 FF 12 01 'x'")] // a channel that is not UTF-8
    [InlineData("0C 08 01 3A 08 0A 01 'c' 12 01 'x' 18 01")] // a type
    [InlineData("0C 08 01 3A 08 0A 01 'c' 12 01 'x' 12 00")] // data twice
    [InlineData("0C 08 01 3A 06 0A 01 'c' 12 01 'x' 3A 00")] // publish twice
    [InlineData("0C 08 01 3A 06 0A 01 'c' 12 01 'x' 08 02")] // id twice
    [InlineData("0A 3A 06 0A 01 'c' 12 01 'x' 08 01")] // in another order
    [InlineData("0A 08 01 3A 06 12 01 'x' 0A 01 'c'")]
    [InlineData("0B 08 01 3A 06 0A 01 'c' 12 01 'x'")] // cut
    [InlineData("0A 08 01 3A 07 0A 01 'c' 12 01 'x' 00")] // publish ends behind the command
    [InlineData("0A 08 01 3A 06 0A 01 'c' 12 02 'xy'")] // data end behind the command
    [InlineData("0A 08 01 3A 06 0A 7F 'c' 12 01 'x'")] // a channel that ends behind the frame
    [InlineData("FF FF FF FF 0F 08 01")]
    [InlineData("FF FF FF FF FF FF")]
    public void AnythingElse_IsLeftToTheReaderOfCommands(string text)
    {
        ReadOnlyMemory<byte> frame = Hex.Parse(text);
        var whole = frame;

        Assert.False(CentrifugeCodec.Protobuf.TryReadPublish(ref frame, out _));

        Assert.Equal(whole, frame);
    }

    [Fact]
    public void What_it_reads_the_reader_of_commands_reads_as_the_same() =>
        FrameGenerator.Mutated(Read.Select(Hex.Parse), Hex.Parse("01 02 05 06 07 08 0A 0D 11 12 18 3A 80 FF 'c'")).Sample(
            static bytes => PublishCommandAssert.IsReadAlike(CentrifugeCodec.Protobuf, bytes), iter: 50_000);
}
