using System.Text;

namespace Parley.Protocol.Tests.Centrifuge.Json;

/// <summary>What is no command.</summary>
internal static class JsonFaults
{
    /// <summary>One fault per line; a line with a number sign says what those below it have in common.</summary>
    private const string Lines =
        """
        # Not one object
        1
        "x"
        null
        []
        [{}]
        {}{}
        {} {}
        {},
        {}x
        {
        }
        {}}
        # Punctuation
        {"id":1,}
        {,"id":1}
        {"id" 1}
        {"id":}
        {"id"}
        {"id":1 "send":{}}
        {"id":1;"send":{}}
        {'id':1}
        {id:1}
        {"id":1]
        {"id":1}/**/
        {/**/"id":1}
        # Unsigned integers
        {"id":"1"}
        {"id":-1}
        {"id":-0}
        {"id":1.5}
        {"id":1e1}
        {"id":1.0e0}
        {"id":1e400}
        {"id":4294967296}
        {"id":99999999999999999999999999}
        {"id":01}
        {"id":+1}
        {"id":1.}
        {"id":.5}
        {"id":-}
        {"id":0x1}
        {"id":1_0}
        {"id":true}
        {"id":{}}
        {"id":NaN}
        {"subscribe":{"offset":18446744073709551616}}
        {"subscribe":{"offset":-1}}
        # Signed integers
        {"subscribe":{"limit":2147483648}}
        {"subscribe":{"limit":-2147483649}}
        {"subscribe":{"flag":9223372036854775808}}
        {"subscribe":{"flag":-9223372036854775809}}
        {"subscribe":{"flag":--1}}
        # Values of another kind
        {"unsubscribe":{"channel":1}}
        {"unsubscribe":{"channel":["c"]}}
        {"unsubscribe":{"channel":true}}
        {"subscribe":{"recover":1}}
        {"subscribe":{"recover":"true"}}
        {"subscribe":{"recover":truely}}
        {"unsubscribe":[]}
        {"unsubscribe":"c"}
        {"unsubscribe":1}
        {"unsubscribe":nul}
        {"connect":{"headers":[]}}
        {"connect":{"headers":{"a":1}}}
        {"connect":{"headers":{"a":null}}}
        {"connect":{"headers":{"a":"b",}}}
        {"connect":{"subs":{"c":null}}}
        {"connect":{"subs":{"c":1}}}
        {"sub_refresh":{"untrack":{}}}
        {"sub_refresh":{"untrack":[1]}}
        {"sub_refresh":{"untrack":[null]}}
        {"sub_refresh":{"untrack":["a",]}}
        {"sub_refresh":{"untrack":["a" "b"]}}
        {"sub_refresh":{"track":[null]}}
        # Members that come twice
        {"id":1,"id":1}
        {"id":1,"\u0069d":2}
        {"id":null,"id":1}
        {"send":{},"send":{}}
        {"publish":{"channel":"a","data":1,"channel":"b"}}
        {"publish":{"data":1,"data":2}}
        {"connect":{"headers":{"a":"b","a":"c"}}}
        {"connect":{"headers":{"a":"b","\u0061":"c"}}}
        {"connect":{"subs":{"c":{},"c":{}}}}
        {"subscribe":{"tf":{"op":"and","op":"or"}}}
        # Strings
        {"unsubscribe":{"channel":"c}}
        {"unsubscribe":{"channel":"\x"}}
        {"unsubscribe":{"channel":"\u12G4"}}
        {"unsubscribe":{"channel":"\u123"}}
        {"unsubscribe":{"channel":"\u"}}
        {"unsubscribe":{"channel":"\U0041"}}
        {"unsubscribe":{"channel":"\u+123"}}
        {"unsubscribe":{"channel":"\u 123"}}
        {"unsubscribe":{"channel":"\"}}
        # Lone surrogates
        {"unsubscribe":{"channel":"\ud800"}}
        {"unsubscribe":{"channel":"\udc00"}}
        {"unsubscribe":{"channel":"\ud800\ud800"}}
        {"unsubscribe":{"channel":"\ud800x"}}
        {"unsubscribe":{"channel":"\ud800\n"}}
        {"unsubscribe":{"channel":"\ud800\nud800"}}
        {"unsubscribe":{"channel":"\udc00\ud800"}}
        {"\ud800":1}
        # Values that are only passed over
        {"x":}
        {"x":[1,]}
        {"x":[,1]}
        {"x":{"a"}}
        {"x":{"a":1,}}
        {"x":[1}}
        {"x":{"a":1]}
        {"x":tru}
        {"x":nulls}
        {"x":1e}
        {"x":1e+}
        {"x":-a}
        {"x":1.}
        {"x":00}
        {"x":"\q"}
        {"x":undefined}
        # Payloads
        {"send":{"data":}}
        {"send":{"data":[1,]}}
        {"send":{"data":{1:2}}}
        {"send":{"data":[1 2]}}
        {"send":{"data":01}}
        """;

    public static IReadOnlyDictionary<string, byte[]> All { get; } =
        Lines.Split('\n').Where(line => line[0] != '#').Concat(Texts())
            .ToDictionary(text => $"Text {text}", Encoding.UTF8.GetBytes)
            .Concat(Bytes())
            .ToDictionary(fault => fault.Key, fault => fault.Value);

    private static IEnumerable<string> Texts() =>
    [
        " ",
        "\n",
        "\r\n",
        "\n{}",
        "{\"id\":\u00A01}",
        "{\"id\":1\0}",
        "{\"unsubscribe\":{\"channel\":\"a\nb\"}}",
        "{\"unsubscribe\":{\"channel\":\"a\tb\"}}",
        "{\"unsubscribe\":{\"channel\":\"a\0b\"}}",
        "{\"unsubscribe\":{\"channel\":\"\\u00\0\0\"}}",
        "{\"send\":{\"data\":\"\\u006\0\"}}",
        $$$"""{"send":{"data":{{{Nested(65)}}}}}""",
        $$$"""{"send":{"data":{{{Nested(100_000)}}}}}""",
        $$$"""{"send":{"data":{{{new string('[', 100_000)}}}}}""",
        $$$"""{"x":{{{Nested(64)}}}}""",
        $$$"""{"send":{"x":{{{Nested(63)}}}}}""",
    ];

    private static Dictionary<string, byte[]> Bytes() => new()
    {
        ["A byte order mark"] = [0xEF, 0xBB, 0xBF, .. "{}"u8],
        ["UTF-16"] = Encoding.Unicode.GetBytes("{}"),
        ["A byte beyond ASCII between tokens"] = [.. "{\"id\":"u8, 0xC2, 0xA0, .. "1}"u8],
        ["A channel that is not UTF-8"] = [.. "{\"unsubscribe\":{\"channel\":\"a"u8, 0xFF, .. "\"}}"u8],
        ["A payload that is not UTF-8"] = [.. "{\"send\":{\"data\":\""u8, 0xC3, .. "\"}}"u8],
        ["A surrogate in UTF-8"] = [.. "{\"send\":{\"data\":\""u8, 0xED, 0xA0, 0x80, .. "\"}}"u8],
        ["An overlong quote"] = [.. "{\"send\":{\"data\":\""u8, 0xC0, 0xA2, .. "\"}}"u8],
        ["A name that is not UTF-8"] = [.. "{\""u8, 0x80, .. "\":1}"u8],
    };

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);
}
