using System.Globalization;
using System.Net;

namespace Parley.Server.Doctor;

/// <summary>What an observation means, and what to do about it.</summary>
internal static class Advice
{
    public const string NotReached =
        "Nothing answers there, or the name or certificate is wrong. Check the address from this machine, the firewall, and that the server runs.";

    public const string Buffered =
        "Something in between holds the answer back until it is complete. Let it pass on at once: nginx does so by the server's X-Accel-Buffering "
        + "header unless proxy_ignore_headers or a cache is on; elsewhere switch buffering and compression off for these paths.";

    public const string Compressed =
        "Something in between compresses the answer, and most compressors collect before they pass on. Switch compression off for these paths.";

    public const string NotUpgraded =
        "Something in between does not pass on the upgrade to a WebSocket. nginx: proxy_http_version 1.1, and the headers Upgrade and Connection; "
        + "cloud load balancers: choose HTTP/1.1 to the server and allow WebSockets. Until then clients fall back.";

    public const string EmulationLost =
        "The stream works, but commands beside it do not: let POST /emulation go to the same servers as the transports.";

    public const string NotTheServer = "Something in between answered in the server's place, perhaps with a page.";

    public const string EndedByServer = "This is the server's own decision: the code says why (docs/protocol/centrifuge.md).";

    public const string HeadersLost = "Something in between drops headers that it does not know: let Parley-* pass in both directions.";

    public const string OtherNode =
        "The poll reached a node that cannot reach the session's: let all nodes use the same broker, or send each client to one of them.";

    public static string PollCutAfter(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture,
        $"A request without an answer was cut after {time.TotalSeconds:0} s. Polls are held for up to 25 s: let response time-outs be 35 s or more, as nginx's proxy_read_timeout or HAProxy's timeout server.");

    public static string CutAfter(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture,
        $"The quiet connection was cut after {time.TotalSeconds:0} s. The server pings every 25 s: let idle time-outs be longer, as nginx's proxy_read_timeout or HAProxy's timeout tunnel and timeout server.");

    /// <summary>What a status that is not the expected one means.</summary>
    public static string OfStatus(HttpStatusCode status, bool isUpgrade) => status switch
    {
        HttpStatusCode.NotFound => "Nothing is mapped there: check the address and --prefix, and that the proxy passes this path on.",
        HttpStatusCode.Unauthorized => "The server, or something before it, wants credentials: give --token or --header.",
        HttpStatusCode.Forbidden => "Refused: by the origin or by a rule of something in between (a firewall for web applications, say).",
        HttpStatusCode.RequestEntityTooLarge => "The body was refused as too large: raise the proxy's limit (nginx: client_max_body_size).",
        HttpStatusCode.ServiceUnavailable => "The server takes no more connections now, or is stopping; or a proxy has no server that is well.",
        HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => "A proxy did not reach the server or did not wait long enough for it.",
        _ when isUpgrade => NotUpgraded,
        _ => "Something in between answered in the server's place.",
    };
}
