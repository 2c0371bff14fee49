using Parley.Webhooks.Endpoints;

namespace Parley.Webhooks.Outbound.Sending;

/// <summary>What sets an endpoint's connections apart from those of all others.</summary>
internal sealed record TlsSettings
{
    public required Guid Endpoint { get; init; }

    /// <summary>Of the endpoint: another one has other connections.</summary>
    public required long Revision { get; init; }

    public ClientCertificate? ClientCertificate { get; init; }

    public CertificateAuthorities? Authorities { get; init; }

    /// <returns>Null when there is nothing special about it.</returns>
    public static TlsSettings? Of(Endpoint endpoint) => endpoint is { ClientCertificate: null, CertificateAuthorities: null } ? null : new TlsSettings
    {
        Endpoint = endpoint.Id,
        Revision = endpoint.Revision,
        ClientCertificate = endpoint.ClientCertificate,
        Authorities = endpoint.CertificateAuthorities,
    };
}
