using Parley.Protocol.Centrifuge;
using Centrifuge = Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Protocol;

/// <summary>Replies that every format has a byte-exact vector of.</summary>
public static class ReplyCases
{
    public static IReadOnlyDictionary<string, Reply> All { get; } = new Dictionary<string, Reply>
    {
        ["ping"] = new(),
        ["error"] = new() { Id = 3, Error = new() { Code = 103, Message = "permission denied" } },
        ["temporary error"] = new() { Id = 4, Error = new() { Code = 100, Message = "internal server error", Temporary = true } },
        ["push"] = new() { Push = new() { Channel = "news", Unsubscribe = new() { Code = 2500, Reason = "insufficient state" } } },
        ["connect"] = new() { Id = 1, Connect = new() { Client = "c1", Version = "0.1.0", Ping = 25, Pong = true } },
        ["connect with everything"] = new()
        {
            Id = 1,
            Connect = new()
            {
                Client = "c",
                Version = "v",
                Expires = true,
                Ttl = 300,
                Data = "{\"a\":1}"u8.ToArray(),
                Subs = new Dictionary<string, SubscribeResult>
                {
                    ["news"] = new() { Recoverable = true, Epoch = "e", Offset = 7, Positioned = true },
                },
                Ping = 25,
                Pong = true,
                Session = "s",
                Node = "n",
                Time = 1_700_000_000_000,
                Flag = 1,
                Dict = new() { Id = "d", Data = "1"u8.ToArray(), DataB64 = "QQ==" },
            },
        },
        ["subscribe"] = new() { Id = 2, Subscribe = new() { Recoverable = true, Epoch = "kQxT", Offset = 17, Positioned = true } },
        ["subscribe with nothing"] = new() { Id = 2, Subscribe = new() },
        ["subscribe with recovery"] = new()
        {
            Id = 2,
            Subscribe = new()
            {
                Recoverable = true,
                Epoch = "e",
                Publications =
                [
                    new() { Data = "{\"n\":1}"u8.ToArray(), Offset = 1 },
                    new() { Data = "{\"n\":2}"u8.ToArray(), Offset = 2, Tags = new Dictionary<string, string> { ["lang"] = "en" } },
                ],
                Recovered = true,
                Offset = 1,
                Positioned = true,
                WasRecovering = true,
            },
        },
        ["subscribe with everything"] = new()
        {
            Id = 2,
            Subscribe = new()
            {
                Expires = true,
                Ttl = 60,
                Recoverable = true,
                Epoch = "e",
                Publications = [new() { Data = "1"u8.ToArray() }],
                Recovered = true,
                Offset = 300,
                Positioned = true,
                Data = "2"u8.ToArray(),
                WasRecovering = true,
                Delta = true,
                Id = 9,
                Type = 1,
                Phase = 2,
                Cursor = "z",
                State = [new() { Data = "3"u8.ToArray(), Key = "k", Score = -1 }],
                PublishDebounce = 250,
            },
        },
        ["unsubscribe"] = new() { Id = 3, Unsubscribe = new() },
        ["publish"] = new() { Id = 4, Publish = new() },
        ["presence"] = new()
        {
            Id = 5,
            Presence = new()
            {
                Presence = new Dictionary<string, Centrifuge.ClientInfo>
                {
                    ["c1"] = new() { User = "42", Client = "c1", ConnInfo = "{}"u8.ToArray() },
                },
            },
        },
        ["presence of nobody"] = new() { Id = 5, Presence = new() },
        ["presence stats"] = new() { Id = 6, PresenceStats = new() { NumClients = 3, NumUsers = 2 } },
        ["presence stats of nobody"] = new() { Id = 6, PresenceStats = new() },
        ["history"] = new()
        {
            Id = 7,
            History = new() { Publications = [new() { Data = "1"u8.ToArray(), Offset = 1 }], Epoch = "e", Offset = 1 },
        },
        ["history of nothing"] = new() { Id = 7, History = new() },
        ["client ping"] = new() { Id = 8, Ping = new() },
        ["rpc"] = new() { Id = 9, Rpc = new() { Data = "[1,2]"u8.ToArray() } },
        ["rpc with nothing"] = new() { Id = 9, Rpc = new() },
        ["refresh"] = new() { Id = 10, Refresh = new() { Client = "c", Version = "v", Expires = true, Ttl = 300 } },
        ["sub refresh"] = new() { Id = 11, SubRefresh = new() },
        ["sub refresh with everything"] = new()
        {
            Id = uint.MaxValue,
            SubRefresh = new() { Expires = true, Ttl = 55, Items = [new() { Data = "1"u8.ToArray(), Key = "a", Version = 4 }] },
        },
    };
}
