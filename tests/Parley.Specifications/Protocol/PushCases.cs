using Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Protocol;

/// <summary>Pushes that every format has a byte-exact vector of.</summary>
public static class PushCases
{
    public static IReadOnlyDictionary<string, Push> All { get; } = new Dictionary<string, Push>
    {
        ["ping"] = new(),
        ["publication"] = new()
        {
            Channel = "news",
            Pub = new() { Data = "{\"n\":18}"u8.ToArray(), Offset = 18, Tags = new Dictionary<string, string> { ["lang"] = "en" } },
        },
        ["publication with a numeric channel"] = new()
        {
            Id = 5,
            Pub = new() { Data = "\"x\""u8.ToArray(), Info = new() { User = "42", Client = "c1" } },
        },
        ["publication with everything"] = new()
        {
            Id = 1,
            Channel = "c",
            Pub = new()
            {
                Data = "1"u8.ToArray(),
                Info = new() { User = "u", Client = "c", ConnInfo = "{\"a\":1}"u8.ToArray(), ChanInfo = "[2]"u8.ToArray() },
                Offset = 1,
                Tags = new Dictionary<string, string> { ["k"] = "v" },
                Delta = true,
                Time = 1_700_000_000_000,
                Channel = "d",
                Key = "k",
                Removed = true,
                Score = -2,
                Epoch = "e",
                PrevData = "0"u8.ToArray(),
                Version = 300,
            },
        },
        ["join"] = new()
        {
            Channel = "c",
            Join = new() { Info = new() { Client = "c1", ConnInfo = "{}"u8.ToArray(), ChanInfo = "{}"u8.ToArray() } },
        },
        ["leave"] = new() { Channel = "c", Leave = new() { Info = new() { User = "42", Client = "c1" } } },
        ["unsubscribe"] = new() { Channel = "c", Unsubscribe = new() { Code = 2000, Reason = "server unsubscribe" } },
        ["message"] = new() { Message = new() { Data = "{}"u8.ToArray() } },
        ["subscribe"] = new() { Channel = "c", Subscribe = new() },
        ["subscribe with everything"] = new()
        {
            Channel = "c",
            Subscribe = new() { Recoverable = true, Epoch = "e", Offset = 5, Positioned = true, Data = "{}"u8.ToArray() },
        },
        ["connect"] = new()
        {
            Connect = new()
            {
                Client = "c",
                Version = "v",
                Data = "{}"u8.ToArray(),
                Subs = new Dictionary<string, SubscribeResult> { ["news"] = new() },
                Expires = true,
                Ttl = 300,
                Ping = 25,
                Pong = true,
                Session = "s",
                Node = "n",
                Time = 1,
            },
        },
        ["disconnect"] = new() { Disconnect = new() { Code = 3001, Reason = "shutdown" } },
        ["disconnect of version 1"] = new() { Disconnect = new() { Code = 3001, Reason = "shutdown", Reconnect = true } },
        ["refresh"] = new() { Refresh = new() { Expires = true, Ttl = 300 } },
        ["refresh without expiry"] = new() { Refresh = new() },
    };
}
