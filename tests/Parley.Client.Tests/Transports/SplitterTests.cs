using System.Buffers;
using System.Text;
using CsCheck;
using Parley.Client.Transports;
using Parley.Protocol.Centrifuge;

namespace Parley.Client.Tests.Transports;

/// <summary>However a network cuts a stream, the same replies come out.</summary>
public sealed class SplitterTests
{
    private static readonly Gen<uint[]> Ids = Gen.UInt[1, 100_000].Array[1, 20];
    private static readonly Gen<int> ChunkSize = Gen.Int[1, 40];

    [Fact]
    public void Lines_are_found() => Ids.Select(ChunkSize).Sample((ids, chunk) =>
        Assert.Equal(ids, Read(CentrifugeCodec.Json, new LineSplitter(), ids, chunk, Encode)));

    [Fact]
    public void Delimited_messages_are_found() => Ids.Select(ChunkSize).Sample((ids, chunk) =>
        Assert.Equal(ids, Read(CentrifugeCodec.Protobuf, new DelimitedSplitter(), ids, chunk, Encode)));

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Events_are_found_with_each_end_of_line(string end) => Ids.Select(ChunkSize).Sample((ids, chunk) =>
        Assert.Equal(ids, Read(CentrifugeCodec.Json, new EventSplitter(), ids, chunk, (codec, id) =>
            Encoding.UTF8.GetBytes($"{end}: comment{end}event: x{end}data: {Encoding.UTF8.GetString(Encode(codec, id)).Trim()}{end}{end}"))));

    [Fact]
    public void Data_of_several_lines_is_one_message()
    {
        var splitter = new EventSplitter();

        var frame = splitter.Take("data:{\"id\":1,\ndata: \"ping\":{}}\ndataset: no\n\ndata: {\"id\""u8, out var taken);

        Assert.Equal("{\"id\":1,\n\"ping\":{}}\n", Encoding.UTF8.GetString(frame.Span));
        Assert.Equal(44, taken);
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0x0f })]
    public void A_length_that_is_none_is_found_out(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => new DelimitedSplitter().Take(bytes, out _));

    private static List<uint> Read(
        CentrifugeCodec codec, IFrameSplitter splitter, uint[] ids, int chunk, Func<CentrifugeCodec, uint, byte[]> encode)
    {
        var read = new List<uint>();
        var waiting = new List<byte>();
        foreach (var part in ids.SelectMany(id => encode(codec, id)).Chunk(chunk))
        {
            waiting.AddRange(part);
            var frame = splitter.Take(waiting.ToArray(), out var taken);
            waiting.RemoveRange(0, taken);
            while (codec.ReadReply(ref frame, out var reply) == ReplyStatus.Reply) read.Add(reply!.Id);
        }

        return read;
    }

    private static byte[] Encode(CentrifugeCodec codec, uint id)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.WriteReply(output, new Reply { Id = id, Publish = new PublishResult() });
        if (!codec.IsBinary) output.Write("\n"u8);
        return output.WrittenSpan.ToArray();
    }
}
