using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Testing;

/// <summary>A certificate for the loopback address that nobody trusts but who is told to, in files that go with this object.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parley-certificate-").FullName;

    /// <summary>Makes a certificate, valid for a day.</summary>
    public TestCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        Thumbprint = certificate.Thumbprint;
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(BundlePath, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Identifies the certificate.</summary>
    public string Thumbprint { get; }

    /// <summary>The certificate, as PEM.</summary>
    public string CertificatePath => Path.Combine(_folder, "certificate.pem");

    /// <summary>Its private key, as PEM.</summary>
    public string KeyPath => Path.Combine(_folder, "key.pem");

    /// <summary>Both in one file.</summary>
    public string BundlePath => Path.Combine(_folder, "bundle.pem");

    /// <summary>Removes the files.</summary>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
