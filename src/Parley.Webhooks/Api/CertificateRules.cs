using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Secrets;

namespace Parley.Webhooks.Api;

/// <summary>Reads certificates that a caller gives, so that what cannot work is refused at once and not at the first delivery.</summary>
internal sealed class CertificateRules(ISecretProtector protector, TimeProvider time)
{
    private const int MaxPem = 32 * 1024;
    private const int MaxChain = 10;
    private const int MaxAuthorities = 20;

    public ClientCertificate? ReadClient(ClientCertificateBody? body, List<FieldError> errors)
    {
        const string Pointer = "/clientCertificate/certificate";
        const string KeyPointer = "/clientCertificate/privateKey";
        if (body is null)
            return null;
        if (Read(Pointer, body.Certificate, MaxChain, errors) is not { } chain)
            return null;
        if (body.PrivateKey is not { Length: > 0 and <= MaxPem } || body.PrivateKey.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            errors.Add(new(KeyPointer, "must be a private key as PEM that is not encrypted: openssl pkey -in FILE decrypts one"));
            return null;
        }

        var now = time.GetUtcNow();
        var leaf = chain[0];
        if (leaf.NotAfter.ToUniversalTime() <= now)
            errors.Add(new(Pointer, $"has expired on {leaf.NotAfter.ToUniversalTime():u}"));
        if (leaf.NotBefore.ToUniversalTime() > now)
            errors.Add(new(Pointer, $"is not valid before {leaf.NotBefore.ToUniversalTime():u}"));
        // What is kept is what was understood, and nothing that stood beside it.
        var pem = chain.ExportCertificatePems();
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem, body.PrivateKey);
            return new ClientCertificate { Chain = pem, ProtectedKey = protector.Protect(KeyOf(certificate)), Summary = Certificates.Summarize(leaf) };
        }
        catch (CryptographicException)
        {
            errors.Add(new(KeyPointer, "must be a private key, RSA or ECDSA, of the kind that the first certificate has"));
        }
        catch (ArgumentException)
        {
            errors.Add(new(KeyPointer, "is not that of the first certificate"));
        }

        return null;
    }

    public CertificateAuthorities? ReadAuthorities(string? pem, List<FieldError> errors)
    {
        const string Pointer = "/certificateAuthorities";
        if (pem is null)
            return null;
        if (Read(Pointer, pem, MaxAuthorities, errors) is not { } certificates)
            return null;
        var now = time.GetUtcNow();
        if (!certificates.Any(certificate => Certificates.IsRoot(certificate) && certificate.NotAfter.ToUniversalTime() > now))
            errors.Add(new(Pointer, "must have a root certificate, one that is its own issuer, that has not expired"));
        return new CertificateAuthorities
        {
            Certificates = certificates.ExportCertificatePems(),
            Summaries = [.. certificates.Select(Certificates.Summarize)],
        };
    }

    private static X509Certificate2Collection? Read(string pointer, string? pem, int max, List<FieldError> errors)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            if (pem is { Length: > 0 and <= MaxPem })
                certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }

        if (certificates.Count > 0 && certificates.Count <= max)
            return certificates;
        errors.Add(new(pointer, $"must be 1 to {max} certificates as PEM, {MaxPem} characters at most"));
        return null;
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey();
        return key?.ExportPkcs8PrivateKeyPem() ?? throw new CryptographicException();
    }
}
