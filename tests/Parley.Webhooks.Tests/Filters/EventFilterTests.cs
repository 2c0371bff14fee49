using System.Text.Json;
using Parley.Webhooks.Filters;

namespace Parley.Webhooks.Tests.Filters;

public sealed class EventFilterTests
{
    [Theory]
    [InlineData("""{"payload":{"currency":["EUR","USD"]}}""", """{"currency":"EUR"}""", """{"currency":"GBP"} {} {"currency":["GBP"]} 5""")]
    [InlineData("""{"payload":{"currency":["EUR"]}}""", """{"currency":["GBP","EUR"]}""", """{"currency":{"EUR":1}}""")]
    [InlineData("""{"payload":{"n":[1,true,null]}}""", """{"n":1.0} {"n":true} {"n":null}""", """{"n":"1"} {"n":false} {}""")]
    [InlineData("""{"payload":{"a":{"b":["x"]},"c":[1]}}""", """{"a":{"b":"x"},"c":1}""", """{"a":{"b":"x"}} {"a":"x","c":1} {"a":{"b":"y"},"c":1}""")]
    [InlineData("""{"payload":{"items":{"sku":["a"],"n":[2]}}}""", """{"items":[{"sku":"b"},{"sku":"a","n":2}]} {"items":{"sku":"a","n":2}}""", """{"items":[{"sku":"a","n":1},{"sku":"b","n":2}]} {"items":[]}""")]
    [InlineData("""{"payload":{"n":[{"numeric":[">",100]}]}}""", """{"n":100.00000000000000000000000000001} {"n":1e400}""", """{"n":100} {"n":"101"} {}""")]
    [InlineData("""{"payload":{"n":[{"numeric":[">=",0,"<",10]}]}}""", """{"n":0} {"n":9.9}""", """{"n":-0.1} {"n":10}""")]
    [InlineData("""{"payload":{"n":[{"numeric":["=",3]},{"numeric":["<=",1]}]}}""", """{"n":3.0} {"n":1}""", """{"n":2}""")]
    [InlineData("""{"payload":{"id":[{"prefix":"in_"}]}}""", """{"id":"in_1"} {"id":["x","in_"]}""", """{"id":"IN_1"} {"id":1}""")]
    [InlineData("""{"payload":{"id":[{"suffix":".png"}]}}""", """{"id":"a.png"}""", """{"id":"a.PNG"}""")]
    [InlineData("""{"payload":{"id":[{"equals-ignore-case":"abc"}]}}""", """{"id":"aBC"}""", """{"id":"abcd"}""")]
    [InlineData("""{"payload":{"id":[{"exists":true}]}}""", """{"id":null} {"id":[]}""", """{} 1""")]
    [InlineData("""{"payload":{"id":[{"exists":false}]}}""", """{} 1""", """{"id":null}""")]
    [InlineData("""{"payload":{"s":[{"anything-but":"test"}]}}""", """{"s":"live"} {"s":null}""", """{"s":"test"} {} {"s":["live","test"]}""")]
    [InlineData("""{"payload":{"s":[{"anything-but":["a",1]}]}}""", """{"s":"b"}""", """{"s":"a"} {"s":1.0}""")]
    [InlineData("""{"payload":{"s":[{"anything-but":{"prefix":"test_"}}]}}""", """{"s":"live_1"}""", """{"s":"test_1"}""")]
    [InlineData("""{"payload":{"s":["a",{"exists":false}]}}""", """{"s":"a"} {}""", """{"s":"b"}""")]
    [InlineData("""{"payload":{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}}""", """{"a":1,"c":3} {"b":2,"c":3}""", """{"a":1} {"c":3}""")]
    [InlineData("""{"payload":[5,{"prefix":"a"}]}""", """5 "abc" [5]""", """6 "b" {}""")]
    [InlineData("""{"payload":{"a/b":["\u00FC"]}}""", """{"a/b":"\u00fc"} {"a\u002fb":"\u00fc"}""", """{"a":{"b":"u"}}""")]
    public void A_payload_is_wanted_or_not(string filter, string wanted, string unwanted)
    {
        var compiled = new EventFilter(JsonElement.Parse(filter));
        Assert.Empty(compiled.Problems);

        Assert.All(Values(wanted), payload => Assert.True(compiled.Wants(Message(payload))));
        Assert.All(Values(unwanted), payload => Assert.False(compiled.Wants(Message(payload))));
    }

    [Theory]
    [InlineData("""{"eventType":["invoice.paid"]}""", true)]
    [InlineData("""{"eventType":[{"prefix":"invoice."},"x"]}""", true)]
    [InlineData("""{"eventType":[{"anything-but":["invoice.paid"]}]}""", false)]
    [InlineData("""{"channels":["eu"],"tags":[{"exists":false}]}""", true)]
    [InlineData("""{"channels":[{"anything-but":"eu"}]}""", false)]
    [InlineData("""{"tags":["a"]}""", false)]
    [InlineData("""{"$or":[{"tags":["a"]},{"payload":{"n":[1]},"channels":["de"]}]}""", true)]
    [InlineData("""{"$or":[{"tags":["a"]},{"payload":{"n":[2]},"channels":["de"]}]}""", false)]
    public void What_stands_beside_the_payload_counts_too(string filter, bool isWanted)
    {
        var message = new FilteredMessage("invoice.paid", ["eu", "de"], [], JsonElement.Parse("""{"n":1}"""));

        Assert.Equal(isWanted, new EventFilter(JsonElement.Parse(filter)).Wants(message));
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("{}", "")]
    [InlineData("""{"type":["a"]}""", "/type")]
    [InlineData("""{"eventType":"a"}""", "/eventType")]
    [InlineData("""{"eventType":[]}""", "/eventType")]
    [InlineData("""{"payload":{"a":"b"}}""", "/payload/a")]
    [InlineData("""{"payload":{"a/b":{}}}""", "/payload/a~1b")]
    [InlineData("""{"payload":{"a":[["b"]]}}""", "/payload/a/0")]
    [InlineData("""{"payload":{"a":["b",{"regex":"x"}]}}""", "/payload/a/1/regex")]
    [InlineData("""{"payload":{"a":[{"prefix":"x","suffix":"y"}]}}""", "/payload/a/0")]
    [InlineData("""{"payload":{"a":[{"prefix":""}]}}""", "/payload/a/0/prefix")]
    [InlineData("""{"payload":{"a":[{"exists":1}]}}""", "/payload/a/0/exists")]
    [InlineData("""{"payload":{"a":[{"numeric":[">"]}]}}""", "/payload/a/0/numeric")]
    [InlineData("""{"payload":{"a":[{"numeric":["!=",1]}]}}""", "/payload/a/0/numeric")]
    [InlineData("""{"payload":{"a":[{"anything-but":[]}]}}""", "/payload/a/0/anything-but")]
    [InlineData("""{"payload":{"a":[{"anything-but":{"exists":true}}]}}""", "/payload/a/0/anything-but")]
    [InlineData("""{"payload":{"$or":{"a":[1]}}}""", "/payload/$or")]
    [InlineData("""{"$or":[{"payload":{"a":1}}]}""", "/$or/0/payload/a")]
    [InlineData("""{"payload":{"\ud800":["a"]}}""", "")]
    public void What_is_wrong_with_a_filter_is_pointed_at(string filter, string pointer) =>
        Assert.Contains(pointer, new EventFilter(JsonElement.Parse(filter)).Problems.Select(static problem => problem.Pointer));

    [Fact]
    public void A_filter_has_limits()
    {
        AssertRefused($$"""{"payload":{"a":["{{new string('x', FilterReader.MaxBytes)}}"]} }""", "16 KiB");
        AssertRefused($$"""{"payload":{"a":[{{string.Join(',', Enumerable.Range(0, 201))}}]} }""", "200 conditions");
        AssertRefused(string.Concat(Enumerable.Repeat("""{"payload":""", 20)) + "[1]" + new string('}', 20), "16 deep");

        static void AssertRefused(string filter, string words) =>
            Assert.Contains(words, string.Concat(new EventFilter(JsonElement.Parse(filter)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_takes_too_long_to_look_through_is_not_left_out()
    {
        var filter = new EventFilter(JsonElement.Parse("""{"payload":{"items":{"sku":["x"]}}}"""));

        Assert.False(filter.Wants(Message($$"""{"items":[{{string.Join(',', Enumerable.Repeat("{\"sku\":\"y\"}", 1000))}}]}""")));
        Assert.True(filter.Wants(Message($$"""{"items":[{{string.Join(',', Enumerable.Repeat("{\"sku\":\"y\"}", 20_000))}}]}""")));
    }

    private static FilteredMessage Message(string payload) => new("invoice.paid", [], [], JsonElement.Parse(payload));

    private static string[] Values(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
