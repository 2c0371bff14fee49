using System.Text;
using CsCheck;
using Parley.Protocol.Centrifuge;

namespace Parley.Protocol.Tests.Centrifuge.Json;

public sealed class JsonPublishCommandTests
{
    private static readonly string[] Read =
    [
        """{"id":7,"publish":{"channel":"news","data":{"a":[1,2]}}}""",
        """{"publish":{"channel":"news","data":{"a":[1,2]}},"id":7}""",
        """{"id":4294967295,"publish":{"channel":"Größe","data":null}}""",
        """{"id":1,"publish":{"channel":"c","data":"text with \" and \ud83d alone"}}""",
        """{"id":1,"publish":{"channel":"c","data": {"a" : 1 }}}""",
    ];

    [Theory]
    [InlineData("""{"id":7,"publish":{"channel":"news","data":{"a":[1,2]}}}""")]
    [InlineData("""{"publish":{"channel":"news","data":{"a":[1,2]}},"id":7}""")]
    public void Publish_InTheFormOfTheClients_IsReadWithoutObjects(string text)
    {
        ReadOnlyMemory<byte> frame = Encoding.UTF8.GetBytes(text + "\n{}");

        Assert.True(CentrifugeCodec.Json.TryReadPublish(ref frame, out var command));

        Assert.Equal(7u, command.Id);
        Assert.Equal("news"u8, command.Channel.Span);
        Assert.Equal("""{"a":[1,2]}"""u8, command.Data.Span);
        Assert.Equal("{}"u8, frame.Span);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"id":1,"publish":{}}""")]
    [InlineData("""{"id":1,"publish":{"channel":"c"}}""")]
    [InlineData("""{"id":1,"publish":{"channel":"","data":1}}""")]
    [InlineData("""{"id":1,"publish":{"channel":"\u0063","data":1}}""")]
    [InlineData("""{"id":1,"publish":{"channel":"c","data":1,"type":1}}""")]
    [InlineData("""{"id":1,"publish":{"channel":"c","data":1},"publish":{"channel":"d","data":1}}""")]
    [InlineData("""{"id":1,"id":2,"publish":{"channel":"c","data":1}}""")]
    [InlineData("""{"id":0,"publish":{"channel":"c","data":1}}""")]
    [InlineData("""{"id":01,"publish":{"channel":"c","data":1}}""")]
    [InlineData("""{"id":-1,"publish":{"channel":"c","data":1}}""")]
    [InlineData("""{"id":1.0,"publish":{"channel":"c","data":1}}""")]
    [InlineData("""{"id":4294967296,"publish":{"channel":"c","data":1}}""")]
    [InlineData("""{"id":99999999999,"publish":{"channel":"c","data":1}}""")]
    [InlineData("""{"id":,"publish":{"channel":"c","data":1}}""")]
    [InlineData("""{"id":""")]
    [InlineData("""{"publish":{"channel":"c","data":1}}""")]
    [InlineData("""{"id":1,"publish":{"channel":"c","data":1},"subscribe":{"channel":"c"}}""")]
    [InlineData("""{"id":1,"publish":{"channel":"c","data":1},}""")]
    [InlineData("""{"id":1,"publish":{"channel":"c","data":1}}x""")]
    [InlineData("{\"id\":1,\"publish\":{\"channel\":\"c\",\"data\":{\"a\":\n1}}}")]
    public void AnythingElse_IsLeftToTheReaderOfCommands(string text)
    {
        ReadOnlyMemory<byte> frame = Encoding.UTF8.GetBytes(text);
        var whole = frame;

        Assert.False(CentrifugeCodec.Json.TryReadPublish(ref frame, out _));

        Assert.Equal(whole, frame);
    }

    [Fact]
    public void What_it_reads_the_reader_of_commands_reads_as_the_same() =>
        FrameGenerator.Mutated(Read.Select(Encoding.UTF8.GetBytes), [.. """{}[]":,\0129. idpublshcneta"""u8, (byte)'\n']).Sample(
            static bytes => PublishCommandAssert.IsReadAlike(CentrifugeCodec.Json, bytes), iter: 50_000);
}
