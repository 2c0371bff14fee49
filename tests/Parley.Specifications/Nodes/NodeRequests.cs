using Parley.Authentication;
using Parley.Nodes;
using Parley.Sessions;

namespace Parley.Specifications.Nodes;

/// <summary>One request of each kind, with something in every field, and answers.</summary>
internal static class NodeRequests
{
    private static readonly DateTimeOffset Moment = new(2026, 11, 27, 8, 30, 15, 250, TimeSpan.FromHours(1));
    private static readonly SessionSelector Sessions = new("ann", "client", "session");

    public static readonly NodeRequest[] All =
    [
        new NodeRequest.Subscribe(Sessions, "chat:ä", new SubscriptionGrant
        {
            Info = Bytes("info"),
            Data = Bytes("data"),
            ExpireAt = Moment,
            RecoverSince = new StreamPosition(0, "epoch"),
            Presence = true,
            JoinLeave = false,
            ForcePushJoinLeave = true,
            ForcePositioning = false,
            ForceRecovery = true,
        }),
        new NodeRequest.Subscribe(new SessionSelector(""), "", SubscriptionGrant.Default),
        new NodeRequest.Unsubscribe(Sessions, "chat", new UnsubscribeReason(2000, "because")),
        new NodeRequest.Unsubscribe(Sessions, null, UnsubscribeReason.Server),
        new NodeRequest.Disconnect(Sessions, new DisconnectReason(4501, "moved"), ["one", "two"]),
        new NodeRequest.Refresh(Sessions, new RefreshOptions { Expired = true, ExpireAt = Moment, Info = Bytes("info") }),
        new NodeRequest.Refresh(Sessions, new RefreshOptions()),
        new NodeRequest.Channels("chat:*"),
        new NodeRequest.Channels(null),
        new NodeRequest.Info(),
        Transport(Bytes("\0\n binary \u00ff"), hold: TimeSpan.FromSeconds(25)),
        Transport([], hold: TimeSpan.Zero),
    ];

    public static readonly NodeAnswer[] Answers =
    [
        NodeAnswer.Done,
        new NodeAnswer { Error = new ClientError(100, "failed", IsTemporary: true) },
        new NodeAnswer { Channels = new Dictionary<string, int> { ["a"] = 1, ["b"] = 0 } },
        new NodeAnswer
        {
            Info = new NodeInfo
            {
                Uid = "uid",
                Name = "name",
                Version = "1.2.3",
                Clients = 1,
                Users = 2,
                Subscriptions = 3,
                Channels = 4,
                Uptime = TimeSpan.FromDays(1.5),
            },
        },
        new NodeAnswer { Head = "{\"a\":\"ü\"}", Body = Bytes("body") },
    ];

    public static NodeRequest.Transport Transport(byte[] body, TimeSpan hold, string head = "{\"session\":\"secret\"}") =>
        new("long_poll", head) { Body = body, Hold = hold };

    public static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
