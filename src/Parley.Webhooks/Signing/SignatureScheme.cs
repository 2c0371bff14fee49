namespace Parley.Webhooks.Signing;

/// <summary>A signature in another form than Standard Webhooks', declared: what is signed, how, and where it is written.</summary>
/// <remarks>
/// Templates know <c>{id}</c>, <c>{timestamp}</c> (Unix seconds), <c>{url}</c>, <c>{method}</c>, <c>{eventType}</c>, and the content also
/// <c>{body}</c>.
/// </remarks>
internal sealed record SignatureScheme
{
    /// <summary>Header of the signature.</summary>
    public required string Header { get; init; }

    /// <summary>What is signed. Default the body.</summary>
    public string Content { get; init; } = "{body}";

    public SignatureAlgorithm Algorithm { get; init; } = SignatureAlgorithm.HmacSha256;

    /// <summary>How the signature is written: hex or base64.</summary>
    public BytesEncoding Encoding { get; init; } = BytesEncoding.Hex;

    /// <summary>How the key is written in the secret: as its text, in hex or in base64.</summary>
    public BytesEncoding KeyEncoding { get; init; } = BytesEncoding.Utf8;

    /// <summary>What stands before the signatures, as <c>t={timestamp},</c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What stands before each signature, as <c>v1=</c>.</summary>
    public string SignaturePrefix { get; init; } = "";

    /// <summary>What stands between the signatures of several keys while a secret is rotated; null: only the newest key signs.</summary>
    public string? Separator { get; init; }

    /// <summary>Further headers, as templates.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>As Stripe signs.</summary>
    public static SignatureScheme Stripe { get; } = new()
    {
        Header = "Stripe-Signature",
        Content = "{timestamp}.{body}",
        Prefix = "t={timestamp},",
        SignaturePrefix = "v1=",
        Separator = ",",
    };

    /// <summary>As GitHub signs.</summary>
    public static SignatureScheme GitHub { get; } = new()
    {
        Header = "X-Hub-Signature-256",
        SignaturePrefix = "sha256=",
        Headers = new Dictionary<string, string> { ["X-GitHub-Event"] = "{eventType}", ["X-GitHub-Delivery"] = "{id}" },
    };

    /// <summary>As Slack signs.</summary>
    public static SignatureScheme Slack { get; } = new()
    {
        Header = "X-Slack-Signature",
        Content = "v0:{timestamp}:{body}",
        SignaturePrefix = "v0=",
        Headers = new Dictionary<string, string> { ["X-Slack-Request-Timestamp"] = "{timestamp}" },
    };

    /// <summary>As Shopify signs.</summary>
    public static SignatureScheme Shopify { get; } = new()
    {
        Header = "X-Shopify-Hmac-Sha256",
        Encoding = BytesEncoding.Base64,
        Headers = new Dictionary<string, string> { ["X-Shopify-Topic"] = "{eventType}", ["X-Shopify-Webhook-Id"] = "{id}" },
    };

    public static IReadOnlyDictionary<string, SignatureScheme> Presets { get; } = new Dictionary<string, SignatureScheme>(StringComparer.Ordinal)
    {
        ["stripe"] = Stripe,
        ["github"] = GitHub,
        ["slack"] = Slack,
        ["shopify"] = Shopify,
    };
}
