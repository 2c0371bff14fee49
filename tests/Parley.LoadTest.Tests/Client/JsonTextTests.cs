using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Tests.Client;

public sealed class JsonTextTests
{
    [Fact]
    public void Commands_in_a_string_are_read_as_they_were()
    {
        const string Commands = "{\"id\":1,\"publish\":{\"channel\":\"a\\\\b\",\"data\":\"\u00e4\"}}\n{}";
        var writer = new ArrayBufferWriter<byte>();

        writer.Write("\""u8);
        JsonText.WriteEscaped(writer, Encoding.UTF8.GetBytes(Commands));
        writer.Write("\""u8);

        Assert.Equal(Commands, JsonSerializer.Deserialize<string>(writer.WrittenSpan));
    }

    [Fact]
    public void A_value_is_found_by_what_stands_before_it()
    {
        var reply = """{"id":1,"connect":{"session":"secret","node":"n1"}}"""u8;

        Assert.Equal("secret"u8.ToArray(), JsonText.Find(reply, "\"session\":\""u8));
        Assert.Null(JsonText.Find(reply, "\"expires\":\""u8));
    }
}
