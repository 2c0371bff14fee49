namespace Parley.Webhooks.Signing;

/// <summary>Under which names an endpoint's requests are signed.</summary>
internal enum SignatureStyle
{
    /// <summary><c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c>.</summary>
    Standard,

    /// <summary>Those, and the same under <c>svix-*</c>.</summary>
    StandardAndSvix,

    /// <summary>Those of the endpoint's own <see cref="SignatureScheme"/>, beside <c>webhook-id</c> and <c>webhook-timestamp</c>.</summary>
    Scheme,
}
