namespace Parley.Webhooks.Endpoints;

/// <summary>By what this server proves to a receiver who it is (mTLS).</summary>
internal sealed record ClientCertificate
{
    /// <summary>The certificate, then those that lead to its root, as PEM. Nothing of it is secret.</summary>
    public required string Chain { get; init; }

    /// <summary>PKCS #8 as PEM; encrypted.</summary>
    public required string ProtectedKey { get; init; }

    public required CertificateSummary Summary { get; init; }
}
