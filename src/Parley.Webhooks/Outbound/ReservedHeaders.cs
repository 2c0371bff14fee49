namespace Parley.Webhooks.Outbound;

/// <summary>Headers that HTTP, the signature or this server itself sets, and nobody else.</summary>
internal static class ReservedHeaders
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "allow", "expires", "last-modified", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "proxy-authorization", "proxy-connection", "cookie", "user-agent",
    };

    /// <summary>What is sent beside a declared signature.</summary>
    private static readonly HashSet<string> BesideSchemes = new(StringComparer.OrdinalIgnoreCase)
    {
        "webhook-id", "webhook-timestamp", "webhook-test", "webhook-request-origin", "webhook-request-rate",
    };

    public static bool Contain(string name) => IsOfRequests(name)
        || name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("svix-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a declared signature cannot have a header. Names of other signatures it can: receivers may know it by them.</summary>
    public static bool ContainForSchemes(string name) => IsOfRequests(name) || BesideSchemes.Contains(name);

    // Those of the content say what the body is, which is not for them to say.
    private static bool IsOfRequests(string name) => Names.Contains(name) || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase);
}
