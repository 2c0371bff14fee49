using Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Protocol;

/// <summary>Commands that every format has a byte-exact vector of.</summary>
public static class CommandCases
{
    public static IReadOnlyDictionary<string, Command> All { get; } = new Dictionary<string, Command>
    {
        ["pong"] = new(),
        ["connect"] = new() { Id = 1, Connect = new() { Token = "t.o.k", Name = "js" } },
        ["connect with nothing"] = new() { Id = 1, Connect = new() },
        ["connect with everything"] = new()
        {
            Id = 1,
            Connect = new()
            {
                Token = "t",
                Data = "{\"a\":1}"u8.ToArray(),
                Subs = new Dictionary<string, SubscribeRequest> { ["news"] = new() { Recover = true, Epoch = "e", Offset = 7 } },
                Name = "n",
                Version = "v",
                Headers = new Dictionary<string, string> { ["X-Key"] = "k" },
                Flag = 1,
                Dict = "d",
                Profile = "p",
            },
        },
        ["subscribe"] = new() { Id = 2, Subscribe = new() { Channel = "news", Flag = 1 } },
        ["subscribe with everything"] = new()
        {
            Id = 300,
            Subscribe = new()
            {
                Channel = "c",
                Token = "t",
                Recover = true,
                Epoch = "e",
                Offset = ulong.MaxValue,
                Data = "[]"u8.ToArray(),
                Positioned = true,
                Recoverable = true,
                JoinLeave = true,
                Delta = "fossil",
                Tf = new()
                {
                    Op = "and",
                    Nodes = [new() { Key = "k", Cmp = "eq", Val = "v" }, new() { Key = "l", Cmp = "in", Vals = ["x", ""] }],
                },
                Flag = 3,
                Type = 1,
                Phase = 2,
                Cursor = "z",
                Limit = -1,
                Asc = true,
            },
        },
        ["unsubscribe"] = new() { Id = 3, Unsubscribe = new() { Channel = "news" } },
        ["publish"] = new() { Id = 4, Publish = new() { Channel = "news", Data = "{\"n\":18}"u8.ToArray() } },
        ["publish to a map"] = new()
        {
            Id = 5,
            Publish = new() { Channel = "m", Data = "1"u8.ToArray(), Type = 1, Key = "k", Removed = true },
        },
        ["presence"] = new() { Id = 6, Presence = new() { Channel = "news" } },
        ["presence stats"] = new() { Id = 7, PresenceStats = new() { Channel = "news" } },
        ["history"] = new() { Id = 8, History = new() { Channel = "news", Limit = 10 } },
        ["history with everything"] = new()
        {
            Id = 8,
            History = new() { Channel = "c", Limit = -1, Since = new() { Offset = 128, Epoch = "e" }, Reverse = true },
        },
        ["history from the beginning"] = new() { Id = 8, History = new() { Channel = "c", Since = new() } },
        ["ping"] = new() { Id = 9, Ping = new() },
        ["send"] = new() { Send = new() { Data = "\"hi\""u8.ToArray() } },
        ["rpc"] = new() { Id = 10, Rpc = new() { Data = "{}"u8.ToArray(), Method = "sum" } },
        ["refresh"] = new() { Id = 11, Refresh = new() { Token = "t" } },
        ["sub refresh"] = new() { Id = 12, SubRefresh = new() { Channel = "c", Token = "t" } },
        ["sub refresh with everything"] = new()
        {
            Id = 13,
            SubRefresh = new()
            {
                Channel = "c",
                Token = "t",
                Type = 1,
                Track = [new() { Signature = "s", Items = [new() { Key = "a", Version = 3 }, new() { Key = "b" }] }],
                Untrack = ["u", "v"],
            },
        },
        ["text beyond ASCII"] = new() { Id = 14, Unsubscribe = new() { Channel = "é€😀" } },
    };
}
