using System.Text;

namespace Parley.Protocol.Tests.Centrifuge.Json;

/// <summary>The shared cases in JSON, from the protocol's description. Line breaks are not part of them.</summary>
internal static class JsonVectors
{
    public static IReadOnlyDictionary<string, byte[]> Commands { get; } = Encode(new()
    {
        ["pong"] = """{}""",
        ["connect"] = """{"id":1,"connect":{"token":"t.o.k","name":"js"}}""",
        ["connect with nothing"] = """{"id":1,"connect":{}}""",
        ["connect with everything"] =
            """
            {"id":1,"connect":{"token":"t","data":{"a":1},"subs":{"news":{"recover":true,"epoch":"e","offset":7}},"name":"n",
            "version":"v","headers":{"X-Key":"k"},"flag":1,"dict":"d","profile":"p"}}
            """,
        ["subscribe"] = """{"id":2,"subscribe":{"channel":"news","flag":1}}""",
        ["subscribe with everything"] =
            """
            {"id":300,"subscribe":{"channel":"c","token":"t","recover":true,"epoch":"e","offset":18446744073709551615,"data":[],
            "positioned":true,"recoverable":true,"join_leave":true,"delta":"fossil","tf":{"op":"and","nodes":[
            {"key":"k","cmp":"eq","val":"v"},{"key":"l","cmp":"in","vals":["x",""]}]},"flag":3,"type":1,"phase":2,"cursor":"z",
            "limit":-1,"asc":true}}
            """,
        ["unsubscribe"] = """{"id":3,"unsubscribe":{"channel":"news"}}""",
        ["publish"] = """{"id":4,"publish":{"channel":"news","data":{"n":18}}}""",
        ["publish to a map"] = """{"id":5,"publish":{"channel":"m","data":1,"type":1,"key":"k","removed":true}}""",
        ["presence"] = """{"id":6,"presence":{"channel":"news"}}""",
        ["presence stats"] = """{"id":7,"presence_stats":{"channel":"news"}}""",
        ["history"] = """{"id":8,"history":{"channel":"news","limit":10}}""",
        ["history with everything"] = """{"id":8,"history":{"channel":"c","limit":-1,"since":{"offset":128,"epoch":"e"},"reverse":true}}""",
        ["history from the beginning"] = """{"id":8,"history":{"channel":"c","since":{}}}""",
        ["ping"] = """{"id":9,"ping":{}}""",
        ["send"] = """{"send":{"data":"hi"}}""",
        ["rpc"] = """{"id":10,"rpc":{"data":{},"method":"sum"}}""",
        ["refresh"] = """{"id":11,"refresh":{"token":"t"}}""",
        ["sub refresh"] = """{"id":12,"sub_refresh":{"channel":"c","token":"t"}}""",
        ["sub refresh with everything"] =
            """
            {"id":13,"sub_refresh":{"channel":"c","token":"t","type":1,"track":[{"signature":"s","items":[{"key":"a","version":3},
            {"key":"b"}]}],"untrack":["u","v"]}}
            """,
        ["text beyond ASCII"] = """{"id":14,"unsubscribe":{"channel":"é€😀"}}""",
    });

    public static IReadOnlyDictionary<string, byte[]> Replies { get; } = Encode(new()
    {
        ["ping"] = """{}""",
        ["error"] = """{"id":3,"error":{"code":103,"message":"permission denied"}}""",
        ["temporary error"] = """{"id":4,"error":{"code":100,"message":"internal server error","temporary":true}}""",
        ["push"] = """{"push":{"channel":"news","unsubscribe":{"code":2500,"reason":"insufficient state"}}}""",
        ["connect"] = """{"id":1,"connect":{"client":"c1","version":"0.1.0","ping":25,"pong":true}}""",
        ["connect with everything"] =
            """
            {"id":1,"connect":{"client":"c","version":"v","expires":true,"ttl":300,"data":{"a":1},"subs":{"news":
            {"recoverable":true,"epoch":"e","offset":7,"positioned":true}},"ping":25,"pong":true,"session":"s","node":"n",
            "time":1700000000000,"flag":1,"dict":{"id":"d","data":1,"data_b64":"QQ=="}}}
            """,
        ["subscribe"] = """{"id":2,"subscribe":{"recoverable":true,"epoch":"kQxT","offset":17,"positioned":true}}""",
        ["subscribe with nothing"] = """{"id":2,"subscribe":{}}""",
        ["subscribe with recovery"] =
            """
            {"id":2,"subscribe":{"recoverable":true,"epoch":"e","publications":[{"data":{"n":1},"offset":1},
            {"data":{"n":2},"offset":2,"tags":{"lang":"en"}}],"recovered":true,"offset":1,"positioned":true,"was_recovering":true}}
            """,
        ["subscribe with everything"] =
            """
            {"id":2,"subscribe":{"expires":true,"ttl":60,"recoverable":true,"epoch":"e","publications":[{"data":1}],
            "recovered":true,"offset":300,"positioned":true,"data":2,"was_recovering":true,"delta":true,"id":9,
            "type":1,"phase":2,"cursor":"z","state":[{"data":3,"key":"k","score":-1}],"publish_debounce":250}}
            """,
        ["unsubscribe"] = """{"id":3,"unsubscribe":{}}""",
        ["publish"] = """{"id":4,"publish":{}}""",
        ["presence"] = """{"id":5,"presence":{"presence":{"c1":{"user":"42","client":"c1","conn_info":{}}}}}""",
        ["presence of nobody"] = """{"id":5,"presence":{"presence":{}}}""",
        ["presence stats"] = """{"id":6,"presence_stats":{"num_clients":3,"num_users":2}}""",
        ["presence stats of nobody"] = """{"id":6,"presence_stats":{"num_clients":0,"num_users":0}}""",
        ["history"] = """{"id":7,"history":{"publications":[{"data":1,"offset":1}],"epoch":"e","offset":1}}""",
        ["history of nothing"] = """{"id":7,"history":{"publications":[],"epoch":"","offset":0}}""",
        ["client ping"] = """{"id":8,"ping":{}}""",
        ["rpc"] = """{"id":9,"rpc":{"data":[1,2]}}""",
        ["rpc with nothing"] = """{"id":9,"rpc":{}}""",
        ["refresh"] = """{"id":10,"refresh":{"client":"c","version":"v","expires":true,"ttl":300}}""",
        ["sub refresh"] = """{"id":11,"sub_refresh":{}}""",
        ["sub refresh with everything"] =
            """
            {"id":4294967295,"sub_refresh":{"expires":true,"ttl":55,"items":[{"data":1,"key":"a","version":4}]}}
            """,
    });

    public static IReadOnlyDictionary<string, byte[]> Pushes { get; } = Encode(new()
    {
        ["ping"] = """{}""",
        ["publication"] = """{"channel":"news","pub":{"data":{"n":18},"offset":18,"tags":{"lang":"en"}}}""",
        ["publication with a numeric channel"] = """{"id":5,"pub":{"data":"x","info":{"user":"42","client":"c1"}}}""",
        ["publication with everything"] =
            """
            {"id":1,"channel":"c","pub":{"data":1,"info":{"user":"u","client":"c","conn_info":{"a":1},"chan_info":[2]},"offset":1,
            "tags":{"k":"v"},"delta":true,"time":1700000000000,"channel":"d","key":"k","removed":true,"score":-2,
            "epoch":"e","prev_data":0,"version":300}}
            """,
        ["join"] = """{"channel":"c","join":{"info":{"user":"","client":"c1","conn_info":{},"chan_info":{}}}}""",
        ["leave"] = """{"channel":"c","leave":{"info":{"user":"42","client":"c1"}}}""",
        ["unsubscribe"] = """{"channel":"c","unsubscribe":{"code":2000,"reason":"server unsubscribe"}}""",
        ["message"] = """{"message":{"data":{}}}""",
        ["subscribe"] = """{"channel":"c","subscribe":{}}""",
        ["subscribe with everything"] =
            """
            {"channel":"c","subscribe":{"recoverable":true,"epoch":"e","offset":5,"positioned":true,"data":{}}}
            """,
        ["connect"] =
            """
            {"connect":{"client":"c","version":"v","data":{},"subs":{"news":{}},"expires":true,"ttl":300,"ping":25,"pong":true,
            "session":"s","node":"n","time":1}}
            """,
        ["disconnect"] = """{"disconnect":{"code":3001,"reason":"shutdown"}}""",
        ["disconnect of version 1"] = """{"disconnect":{"code":3001,"reason":"shutdown","reconnect":true}}""",
        ["refresh"] = """{"refresh":{"expires":true,"ttl":300}}""",
        ["refresh without expiry"] = """{"refresh":{}}""",
    });

    private static Dictionary<string, byte[]> Encode(Dictionary<string, string> texts) =>
        texts.ToDictionary(text => text.Key, text => Encoding.UTF8.GetBytes(text.Value.ReplaceLineEndings("")));
}
