namespace Parley.Webhooks.Endpoints;

/// <summary>What is shown of a certificate.</summary>
/// <param name="Subject">As <c>CN=Acme webhooks, O=Acme</c>.</param>
/// <param name="Issuer">Who has signed it.</param>
/// <param name="Thumbprint">SHA-256, hexadecimal.</param>
/// <param name="NotBefore">Since when it is valid.</param>
/// <param name="NotAfter">Until when.</param>
internal sealed record CertificateSummary(string Subject, string Issuer, string Thumbprint, DateTimeOffset NotBefore, DateTimeOffset NotAfter);
