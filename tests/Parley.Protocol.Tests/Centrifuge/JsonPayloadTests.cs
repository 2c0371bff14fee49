using System.Text;
using Parley.Protocol.Centrifuge;

namespace Parley.Protocol.Tests.Centrifuge;

public sealed class JsonPayloadTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("-0.0e-0")]
    [InlineData("12E+3")]
    [InlineData("\"\"")]
    [InlineData("\"\\u0000\\ud83d\\ude00é\"")]
    [InlineData("\"cut \\ud83d\"")]
    [InlineData("{\"\\udc00\":\"\\ud83dx\"}")]
    [InlineData(" \t\r\n{ \"a\" : [ ] , \"b\" : { } } \n")]
    [InlineData("[[],{},[{\"a\":[1,2,3]}],\"x\",null]")]
    public void One_JSON_value_is_a_payload(string text) => Assert.True(JsonPayload.IsValid(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1 2")]
    [InlineData("nul")]
    [InlineData("nullx")]
    [InlineData("True")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData("-")]
    [InlineData("1e")]
    [InlineData("'a'")]
    [InlineData("\"a")]
    [InlineData("\"\n\"")]
    [InlineData("[1,]")]
    [InlineData("[1")]
    [InlineData("]")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1]")]
    [InlineData("{a:1}")]
    [InlineData("{}}")]
    [InlineData("{}\0")]
    [InlineData("\uFEFF{}")]
    [InlineData("// comment\n1")]
    public void Anything_else_is_not(string text) => Assert.False(JsonPayload.IsValid(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bytes_that_are_not_UTF8_are_not() => Assert.False(JsonPayload.IsValid([(byte)'"', 0xC3, (byte)'"']));

    [Theory]
    [InlineData('[', ']', "")]
    [InlineData('{', '}', "\"a\":")]
    public void A_payload_has_at_most_64_levels(char open, char close, string name)
    {
        Assert.True(JsonPayload.IsValid(Nested(64)));
        Assert.False(JsonPayload.IsValid(Nested(65)));
        Assert.False(JsonPayload.IsValid(Nested(1_000_000)));

        byte[] Nested(int levels) => Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat($"{open}{name}", levels))[..^name.Length] + new string(close, levels));
    }
}
