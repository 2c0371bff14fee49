namespace Parley.Webhooks.Endpoints;

/// <summary>Who may have certified the receiver, and nobody else: the system's authorities do not count beside these.</summary>
internal sealed record CertificateAuthorities
{
    /// <summary>As PEM.</summary>
    public required string Certificates { get; init; }

    public required IReadOnlyList<CertificateSummary> Summaries { get; init; }
}
