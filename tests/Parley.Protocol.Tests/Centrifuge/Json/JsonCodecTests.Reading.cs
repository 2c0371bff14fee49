using System.Text;
using Parley.Protocol.Centrifuge;
using Parley.Specifications.Protocol;

namespace Parley.Protocol.Tests.Centrifuge.Json;

public sealed partial class JsonCodecTests
{
    [Theory]
    [InlineData("""{"id":3,"unsubscribe":{"channel":"news"}}""" + "\n")]
    [InlineData("""{"id":3,"unsubscribe":{"channel":"news"}}""" + "\r\n")]
    [InlineData("""{"id":3,"unsubscribe":{"channel":"news"}}""" + " \t")]
    [InlineData("{ \"id\" : 3 ,\r\n\t\"unsubscribe\":\n{ \"channel\"\n:\"news\" } }")]
    [InlineData("""{"id":3.0,"unsubscribe":{"channel":"news"}}""")]
    [InlineData("""{"unsubscribe":{"channel":"news"},"id":3.000}""")]
    [InlineData("""{"\u0069d":3,"unsu\u0062scribe":{"channe\u006C":"n\u0065ws"}}""")]
    [InlineData("""{"id":3,"send":null,"error":null,"unsubscribe":{"channel":"news","x":null}}""")]
    public void A_command_may_be_written_in_other_ways(string text)
    {
        ReadOnlyMemory<byte> frame = Encoding.UTF8.GetBytes(text);

        var status = Codec.ReadCommand(ref frame, out var command);

        Assert.Equal(CommandStatus.Command, status);
        MessageAssert.Equal(CommandCases.All["unsubscribe"], command);
        Assert.Equal(CommandStatus.End, Codec.ReadCommand(ref frame, out _));
    }

    [Fact]
    public void One_line_feed_may_end_a_frame_and_a_second_may_not()
    {
        ReadOnlyMemory<byte> frame = "{}\n\n"u8.ToArray();

        Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out _));
        Assert.Equal(CommandStatus.Invalid, Codec.ReadCommand(ref frame, out _));
    }

    [Fact]
    public void Null_is_as_good_as_absent()
    {
        var command = Read(
            """
            {"id":null,"connect":{"token":null,"subs":null,"headers":null,"flag":null},"subscribe":{"recover":null,"offset":null,
            "limit":null,"tf":{"vals":null,"nodes":null}},"publish":null}
            """);

        MessageAssert.Equal(new Command { Connect = new(), Subscribe = new() { Tf = new() } }, command);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("-1.50e+400")]
    [InlineData("\"\"")]
    [InlineData("""{ "a" : [ 1 , 2 ] ,"a":0}""")]
    [InlineData("""{"\u0061":"\ud83d\ude00 \/ é"}""")]
    public void A_payload_stays_as_it_was_sent(string payload)
    {
        var command = Read($$$"""{"id":1,"publish":{"channel":"c","data": {{{payload}}} }}""");

        Assert.Equal(payload, Encoding.UTF8.GetString(command.Publish!.Data.Span));
    }

    [Fact]
    public void A_payload_loses_the_line_breaks_between_its_tokens()
    {
        var command = Read("{\"send\":\r\n{\"data\":\n{\r\n \"a\\n\":\n[1,\r2]}\n}}\n");

        Assert.Equal("""{ "a\n":[1,2]}""", Encoding.UTF8.GetString(command.Send!.Data.Span));
    }

    [Fact]
    public void A_payload_may_have_64_levels()
    {
        var payload = new string('[', 64) + new string(']', 64);

        Assert.Equal(payload, Encoding.UTF8.GetString(Read($$$"""{"send":{"data":{{{payload}}}}}""").Send!.Data.Span));
    }

    [Theory]
    [InlineData("""{"x":""", 63)]
    [InlineData("""{"send":{"x":""", 62)]
    [InlineData("""{"subscribe":{"tf":{"nodes":[{"x":""", 59)]
    public void What_is_passed_over_counts_from_the_outermost_level(string start, int levels)
    {
        var nested = start + new string('[', levels) + new string(']', levels);
        var open = start.Where(character => character is '{' or '[').Reverse();

        Read(nested + string.Concat(open.Select(bracket => bracket == '{' ? '}' : ']')));
    }

    [Theory]
    [InlineData("""a\"b\\c\/d\b\f\n\r\t""", "a\"b\\c/d\b\f\n\r\t")]
    [InlineData("""\u00e9\u20AC\ud83d\uDE00\u0000""", "é€😀\0")]
    [InlineData("""é\u20ac😀""", "é€😀")]
    public void Strings_are_unescaped(string content, string expected)
    {
        Assert.Equal(expected, Read($$$"""{"unsubscribe":{"channel":"{{{content}}}"}}""").Unsubscribe!.Channel);
        var padding = new string('x', 1_000);
        Assert.Equal(padding + expected, Read($$$"""{"unsubscribe":{"channel":"{{{padding + content}}}"}}""").Unsubscribe!.Channel);
    }

    [Fact]
    public void Integers_reach_to_the_ends_of_their_types()
    {
        var text =
            """
            {"id":4294967295,"subscribe":{"offset":18446744073709551615,"flag":-9223372036854775808,"type":2147483647,
            "limit":-2147483648,"phase":-0}}
            """;

        MessageAssert.Equal(
            new Command
            {
                Id = uint.MaxValue,
                Subscribe = new() { Offset = ulong.MaxValue, Flag = long.MinValue, Type = int.MaxValue, Limit = int.MinValue },
            },
            Read(text));
    }

    [Fact]
    public void The_commands_of_an_emulation_request_are_a_string()
    {
        var body = """{"session":"s","node":"n","data":"{\"id\":1,\"send\":{\"data\":\"\\u00e9\"}}\n{}"}"""u8.ToArray();

        Assert.True(Codec.TryReadEmulationRequest(body, out var request));

        Assert.Equal("{\"id\":1,\"send\":{\"data\":\"\\u00e9\"}}\n{}", Encoding.UTF8.GetString(request.Data.Span));
        AssertBytes(
            """{"node":"n","session":"s","data":"{\"id\":1,\"send\":{\"data\":\"\\u00e9\"}}\n{}"}"""u8.ToArray(),
            Write(output => Codec.WriteEmulationRequest(output, request)));
    }

    [Theory]
    [InlineData("{\"token\":\"t\"}", true)]
    [InlineData("{\"token\":\"t\"}\n", true)]
    [InlineData("{\"token\":\"t\"}\n{}", false)]
    [InlineData("", false)]
    public void A_connect_request_is_alone_in_its_body(string body, bool isRead) =>
        Assert.Equal(isRead, Codec.TryReadConnectRequest(Encoding.UTF8.GetBytes(body), out _));
}
