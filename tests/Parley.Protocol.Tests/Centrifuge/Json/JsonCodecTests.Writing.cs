using System.Buffers;
using System.Text;
using Parley.Protocol.Centrifuge;

namespace Parley.Protocol.Tests.Centrifuge.Json;

public sealed partial class JsonCodecTests
{
    [Theory]
    [InlineData("a\"b\\c/d", """a\"b\\c/d""")]
    [InlineData("\b\f\n\r\t\0\u001f\u007f", "\\u0008\\u000c\\n\\r\\t\\u0000\\u001f\u007f")]
    [InlineData("é€😀\u2028<>&", "é€😀\u2028<>&")]
    public void Strings_are_escaped(string reason, string expected)
    {
        Assert.Equal($$$"""{"error":{"message":"{{{expected}}}"}}""", WriteText(new() { Error = new() { Message = reason } }));
        var padding = new string('é', 1_000);
        Assert.Equal(
            $$$"""{"error":{"message":"{{{padding + expected}}}"}}""",
            WriteText(new() { Error = new() { Message = padding + reason } }));
    }

    [Fact]
    public void A_lone_surrogate_is_replaced()
    {
        Assert.Equal("{\"error\":{\"message\":\"a\uFFFDb\"}}", WriteText(new() { Error = new() { Message = "a\ud800b" } }));
        Assert.Equal("{\"error\":{\"message\":\"\\\"\uFFFD\"}}", WriteText(new() { Error = new() { Message = "\"\udc00" } }));
    }

    [Fact]
    public void Line_breaks_of_payloads_never_end_a_message()
    {
        var push = new Push
        {
            Pub = new()
            {
                Data = "{\r\n  \"b\": [\n1]\n}\r\n"u8.ToArray(),
                Info = new() { User = "u", Client = "c", ConnInfo = "\r\n{\n\"a\":1}"u8.ToArray(), ChanInfo = "[1,\n\n2]\n"u8.ToArray() },
            },
        };

        Assert.Equal(
            """{"push":{"pub":{"data":{  "b": [1]},"info":{"user":"u","client":"c","conn_info":{"a":1},"chan_info":[1,2]}}}}""",
            WriteText(new() { Push = push }));
    }

    [Fact]
    public void Numbers_reach_to_the_ends_of_their_types()
    {
        var push = new Push { Id = long.MinValue, Pub = new() { Offset = ulong.MaxValue, Time = -1, Score = long.MaxValue } };

        Assert.Equal(
            """{"push":{"id":-9223372036854775808,"pub":{"offset":18446744073709551615,"time":-1,"score":9223372036854775807}}}""",
            WriteText(new() { Push = push }));
    }

    [Fact]
    public void A_map_other_than_the_usual_dictionary_is_written_too()
    {
        var tags = new SortedDictionary<string, string> { ["lang"] = "en" };
        var push = new Push { Channel = "news", Pub = new() { Data = "{\"n\":18}"u8.ToArray(), Offset = 18, Tags = tags } };

        AssertBytes(Pushes["publication"], Write(output => Codec.WritePush(output, push)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000)]
    public void An_output_may_come_in_pieces(int spare)
    {
        var data = Encoding.UTF8.GetBytes($"[{new string('1', 5_000)},\n2]");
        var reply = new Reply
        {
            Id = 1,
            Error = new() { Message = new string('é', 700) + "\"" + new string('x', 700) },
            Push = new() { Channel = new string('c', 700), Pub = new() { Data = data } },
            Rpc = new() { Data = Encoding.UTF8.GetBytes(new string('3', 300)) },
        };
        var output = new PiecewiseWriter(spare);

        Codec.WriteReply(output, reply);

        Assert.Equal(WriteText(reply), Encoding.UTF8.GetString([.. output.Written]));
    }

    /// <summary>Gives no more than is asked for and a fixed number of bytes.</summary>
    private sealed class PiecewiseWriter(int spare) : IBufferWriter<byte>
    {
        private byte[] _piece = [];

        public List<byte> Written { get; } = [];

        public void Advance(int count)
        {
            Written.AddRange(_piece.AsSpan(0, count));
            _piece = [];
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _piece = new byte[Math.Max(sizeHint, 1) + spare];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
