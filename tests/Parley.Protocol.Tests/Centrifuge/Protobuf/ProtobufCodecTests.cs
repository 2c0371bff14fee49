using Parley.Protocol.Centrifuge;
using Parley.Specifications.Protocol;

namespace Parley.Protocol.Tests.Centrifuge.Protobuf;

public sealed class ProtobufCodecTests : ClientProtocolSpecification
{
    protected override CentrifugeCodec Codec => CentrifugeCodec.Protobuf;

    protected override IReadOnlyDictionary<string, byte[]> Commands => ProtobufVectors.Commands;

    protected override IReadOnlyDictionary<string, byte[]> Replies => ProtobufVectors.Replies;

    protected override IReadOnlyDictionary<string, byte[]> Pushes => ProtobufVectors.Pushes;

    protected override byte[] UnsubscribeWithUnknownFields { get; } = Hex.Parse(
        """
        28 A0 01 05 08 03 A9 01 01 02 03 04 05 06 07 08 32 09 0A 04 'news' 4A 01 'x' B2 01 03 'abc' BD 01 01 02 03 04 10 01
        """);

    protected override IReadOnlyDictionary<string, byte[]> Faults { get; } = new Dictionary<string, string>
    {
        ["A length beyond the frame"] = "03 08 01",
        ["A length without end"] = "FF",
        ["A length of 2^63"] = "80 80 80 80 80 80 80 80 80 01 00",
        ["A varint of eleven bytes"] = "0C 08 80 80 80 80 80 80 80 80 80 80 00",
        ["A varint beyond 64 bits"] = "0D 2A 0B 38 FF FF FF FF FF FF FF FF FF 02",
        ["A varint that runs out of its message"] = "02 08 80 01",
        ["An id beyond 32 bits"] = "06 08 FF FF FF FF 1F",
        ["An int32 beyond 32 bits"] = "08 52 06 38 80 80 80 80 08",
        ["A number of fixed width"] = "05 0D 01 00 00 00",
        ["A number where a message belongs"] = "04 08 01 20 01",
        ["A number where text belongs"] = "06 08 01 32 02 08 01",
        ["Text where a number belongs"] = "03 0A 01 '1'",
        ["A message longer than the one around it"] = "04 08 01 32 06 0A 04 'news'",
        ["Text longer than its message"] = "06 08 01 32 02 0A 04 'news'",
        ["Text that is not UTF-8"] = "07 08 01 32 03 0A 01 FF",
        ["Text with a surrogate"] = "09 08 01 32 05 0A 03 ED A0 80",
        ["Text with an overlong character"] = "08 08 01 32 04 0A 02 C0 80",
        ["A map entry of numbers"] = "06 22 04 32 02 08 01",
        ["A map entry longer than its message"] = "06 22 04 32 7F 0A 00 00",
        ["Field 0"] = "02 00 01",
        ["A field number beyond 29 bits"] = "06 80 80 80 80 10 00",
        ["A group"] = "02 1B 1C",
        ["A wire type that does not exist"] = "02 0E 00",
        ["An unknown field longer than its message"] = "04 A2 01 02 00 00 00",
        ["An unknown field of fixed width that is cut"] = "03 A5 01 00",
    }.ToDictionary(fault => fault.Key, fault => Hex.Parse(fault.Value));

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(3_000_000)]
    public void A_message_of_any_length_is_framed_by_it(int dataLength)
    {
        var data = new byte[dataLength];
        Random.Shared.NextBytes(data);
        var bytes = Write(output => Codec.WriteReply(output, new() { Push = new() { Channel = "c", Pub = new() { Data = data } } }));
        ReadOnlyMemory<byte> frame = bytes;

        Assert.Equal(ReplyStatus.Reply, Codec.ReadReply(ref frame, out var reply));

        Assert.True(frame.IsEmpty);
        Assert.Equal(data, reply!.Push!.Pub!.Data);
    }

    [Fact]
    public void A_payload_may_be_any_bytes()
    {
        ReadOnlyMemory<byte> frame = Hex.Parse("08 62 06 0A 04 00 FF 0A 22");

        Codec.ReadCommand(ref frame, out var command);

        Assert.Equal([0x00, 0xFF, 0x0A, 0x22], command!.Send!.Data.ToArray());
    }

    [Fact]
    public void Of_a_value_that_comes_twice_the_last_counts_and_messages_are_merged()
    {
        ReadOnlyMemory<byte> frame = Hex.Parse("12 08 01 08 02 3A 03 0A 01 'c' 3A 07 0A 01 'd' 12 02 '{}'");

        Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out var command));

        MessageAssert.Equal(new Command { Id = 2, Publish = new() { Channel = "d", Data = "{}"u8.ToArray() } }, command);
    }

    [Fact]
    public void A_map_entry_may_lack_its_key_or_value()
    {
        ReadOnlyMemory<byte> frame = Hex.Parse("13 22 11 1A 00 1A 03 0A 01 'c' 32 03 0A 01 'k' 32 03 12 01 'v'");

        Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out var command));

        MessageAssert.Equal(
            new Command
            {
                Connect = new()
                {
                    Subs = new Dictionary<string, SubscribeRequest> { [""] = new(), ["c"] = new() },
                    Headers = new Dictionary<string, string> { ["k"] = "", [""] = "v" },
                },
            },
            command);
    }

    [Fact]
    public void A_map_other_than_the_usual_dictionary_is_written_too()
    {
        var tags = new SortedDictionary<string, string> { ["lang"] = "en" };
        var push = new Push { Channel = "news", Pub = new() { Data = "{\"n\":18}"u8.ToArray(), Offset = 18, Tags = tags } };

        AssertBytes(Pushes["publication"], Write(output => Codec.WritePush(output, push)));
    }

    [Fact]
    public void The_format_is_binary()
    {
        Assert.Equal("protobuf", Codec.Name);
        Assert.True(Codec.IsBinary);
    }

    protected override byte[] Join(IEnumerable<byte[]> messages) => [.. messages.SelectMany(message => message)];

    protected override ReadOnlyMemory<byte> BodyOf(byte[] command)
    {
        // Length of the command, tag of its only field, length of that; both lengths take two bytes for the request used.
        const int Prefix = 2 + 1 + 2;
        Assert.InRange(command.Length, 128 + Prefix, 16_383);
        return command.AsMemory(Prefix);
    }

    protected override void AssertBytes(byte[] expected, byte[] actual) =>
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(actual));
}
