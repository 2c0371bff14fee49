namespace Parley.Webhooks.Signing;

/// <summary>How a declared signature is computed.</summary>
internal enum SignatureAlgorithm
{
    HmacSha256,
    HmacSha512,
    HmacSha1,
    Ed25519,
}

/// <summary>How bytes are written as text.</summary>
internal enum BytesEncoding
{
    Hex,
    Base64,
    Utf8,
}
