using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Webhooks.Endpoints;

/// <summary>Reads certificates.</summary>
internal static class Certificates
{
    /// <summary>Whether it stands at the end of a chain.</summary>
    public static bool IsRoot(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    public static CertificateSummary Summarize(X509Certificate2 certificate) => new(
        certificate.Subject, certificate.Issuer, Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)),
        certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());

    /// <summary>The first certificate of a chain with its private key.</summary>
    /// <exception cref="CryptographicException">It is no key, or of no kind that can be used.</exception>
    /// <exception cref="ArgumentException">It is the key of another certificate.</exception>
    public static X509Certificate2 WithKey(string chain, string key)
    {
        var certificate = X509Certificate2.CreateFromPem(chain, key);
        if (!OperatingSystem.IsWindows())
            return certificate;
        // SChannel takes no key that is in memory only.
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
