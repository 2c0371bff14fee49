using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Webhooks.Tests.Support;

/// <summary>Certifies servers and clients of a test, by an intermediate authority as real ones do.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    public TestAuthority(string name = "Test")
    {
        _root = Make($"CN={name} root", null, authority: true);
        _intermediate = Make($"CN={name} intermediate", _root, authority: true);
    }

    /// <summary>PEM of the root.</summary>
    public string Root => _root.ExportCertificatePem();

    /// <summary>What stands between a certificate and the root.</summary>
    public X509Certificate2 Intermediate => _intermediate;

    /// <summary>For a server on loopback, unless another name is given.</summary>
    public X509Certificate2 ForServer(string? name = null, DateTimeOffset? notAfter = null, string? issuerUrl = null) =>
        Make($"CN={name ?? "127.0.0.1"}", _intermediate, false, name, notAfter, issuerUrl);

    public X509Certificate2 ForClient(string name, DateTimeOffset? notAfter = null) => Make($"CN={name}", _intermediate, false, notAfter: notAfter);

    /// <summary>The certificate and the intermediate one, as PEM.</summary>
    public string ChainOf(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n" + _intermediate.ExportCertificatePem();

    public static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
    }

    private static X509Certificate2 Make(
        string subject, X509Certificate2? issuer, bool authority, string? name = null, DateTimeOffset? notAfter = null, string? issuerUrl = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (!authority)
        {
            var names = new SubjectAlternativeNameBuilder();
            if (name is null)
                names.AddIpAddress(IPAddress.Loopback);
            else
                names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        if (issuerUrl is not null)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerUrl]));
        var now = DateTimeOffset.UtcNow;
        var (from, to) = (now.AddDays(-3), notAfter ?? now.AddDays(issuer is null ? 4 : authority ? 3 : 2));
        if (issuer is null)
            return request.CreateSelfSigned(from, to);
        using var certificate = request.Create(issuer, from, to, RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
