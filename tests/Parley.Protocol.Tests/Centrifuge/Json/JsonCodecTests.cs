using System.Text;
using System.Text.Json;
using Parley.Protocol.Centrifuge;
using Parley.Specifications.Protocol;

namespace Parley.Protocol.Tests.Centrifuge.Json;

public sealed partial class JsonCodecTests : ClientProtocolSpecification
{
    protected override CentrifugeCodec Codec => CentrifugeCodec.Json;

    protected override IReadOnlyDictionary<string, byte[]> Commands => JsonVectors.Commands;

    protected override IReadOnlyDictionary<string, byte[]> Replies => JsonVectors.Replies;

    protected override IReadOnlyDictionary<string, byte[]> Pushes => JsonVectors.Pushes;

    protected override IReadOnlyDictionary<string, byte[]> Faults => JsonFaults.All;

    protected override byte[] UnsubscribeWithUnknownFields { get; } =
        """
        {"ID":7,"x":{"id":[1,2.5e-3,{"a":null}]},"id":3,"":"","method":1,
        "unsubscribe":{"y":true,"Channel":1,"channel":"news","z":"\"}","y":-0}}
        """u8.ToArray();

    [Fact]
    public void The_format_is_text()
    {
        Assert.Equal("json", Codec.Name);
        Assert.False(Codec.IsBinary);
    }

    protected override byte[] Join(IEnumerable<byte[]> messages) =>
        [.. messages.SelectMany((message, index) => index == 0 ? message : [(byte)'\n', .. message])];

    protected override ReadOnlyMemory<byte> BodyOf(byte[] command)
    {
        using var document = JsonDocument.Parse(command);
        return Encoding.UTF8.GetBytes(document.RootElement.GetProperty("connect").GetRawText());
    }

    protected override void AssertBytes(byte[] expected, byte[] actual) =>
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(actual));

    private Command Read(string text)
    {
        ReadOnlyMemory<byte> frame = Encoding.UTF8.GetBytes(text);
        Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out var command));
        Assert.True(frame.IsEmpty);
        return command!;
    }

    private string WriteText(Reply reply) => Encoding.UTF8.GetString(Write(output => Codec.WriteReply(output, reply)));
}
