namespace Parley.Authentication;

/// <summary>What a verifier found.</summary>
/// <param name="Status">Whether the token holds.</param>
/// <param name="Token">Its claims; null unless <see cref="TokenStatus.Valid"/>.</param>
internal readonly record struct TokenResult<T>(TokenStatus Status, T? Token)
    where T : class;

internal enum TokenStatus
{
    /// <summary>Signature, times, issuer and audience hold.</summary>
    Valid,

    /// <summary>Good but for <c>exp</c> or <c>nbf</c>: a new one will do.</summary>
    Expired,

    /// <summary>Anything else.</summary>
    Invalid,
}
