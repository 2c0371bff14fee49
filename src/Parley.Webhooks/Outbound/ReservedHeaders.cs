namespace Parley.Webhooks.Outbound;

/// <summary>Headers that HTTP, the signature or this server itself sets, and nobody else.</summary>
internal static class ReservedHeaders
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "allow", "expires", "last-modified", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "proxy-authorization", "proxy-connection", "cookie", "user-agent",
    };

    public static bool Contain(string name) => Names.Contains(name)
        // Those of the content say what the body is, which is not for them to say.
        || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("svix-", StringComparison.OrdinalIgnoreCase);
}
