namespace Parley.Webhooks.Outbound;

/// <summary>Headers that HTTP, the signature or this server itself sets, and nobody else.</summary>
internal static class ReservedHeaders
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "proxy-authorization", "proxy-connection", "cookie", "user-agent",
    };

    public static bool Contain(string name) => Names.Contains(name)
        || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("svix-", StringComparison.OrdinalIgnoreCase);
}
