using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Secrets;

namespace Parley.Webhooks.Outbound.Sending;

/// <summary>Makes handlers whose connections go through the <see cref="GuardedConnector"/> and nowhere else.</summary>
/// <param name="connector">Makes the connections.</param>
/// <param name="protector">Decrypts private keys.</param>
/// <param name="httpsOnly">Whether plain HTTP is refused, also for URLs that were given before it was.</param>
internal sealed class HandlerFactory(GuardedConnector connector, ISecretProtector protector, bool httpsOnly)
{
    private const int MaxDrained = 64 * 1024;
    private const int MaxHeadersKilobytes = 16;

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ConnectionIdle = TimeSpan.FromSeconds(30);

    /// <exception cref="CryptographicException">The private key cannot be decrypted, or not be used here.</exception>
    public SocketsHttpHandler Create(TlsSettings? settings)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeadersKilobytes,
            // Of what is left of an answer no more is read to use the connection again.
            MaxResponseDrainSize = MaxDrained,
            // An address that a name no longer leads to is not used for long.
            PooledConnectionLifetime = ConnectionLifetime,
            PooledConnectionIdleTimeout = ConnectionIdle,
            ConnectCallback = ConnectAsync,
        };
        handler.SslOptions.CertificateChainPolicy = PolicyOf(settings?.Authorities);
        if (settings?.ClientCertificate is { } certificate)
            handler.SslOptions.ClientCertificateContext = ContextOf(certificate);
        // A resumed session would carry one endpoint's identity into another's connection.
        handler.SslOptions.AllowTlsResume = settings is null;
        return handler;
    }

    private ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        httpsOnly && context.InitialRequestMessage.RequestUri!.Scheme != Uri.UriSchemeHttps
            ? throw new BlockedAddressException("blocked: here only https:// is allowed")
            : connector.ConnectAsync(context.DnsEndPoint, cancellationToken);

    private static X509ChainPolicy PolicyOf(CertificateAuthorities? authorities)
    {
        // What a stranger's certificate says may be fetched from where (issuers, revocation lists) would be fetched past the guard.
        var policy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
        if (authorities is null)
            return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(authorities.Certificates);
        foreach (var certificate in certificates)
            (Certificates.IsRoot(certificate) ? policy.CustomTrustStore : policy.ExtraStore).Add(certificate);
        return policy;
    }

    private SslStreamCertificateContext ContextOf(ClientCertificate settings)
    {
        var certificate = Certificates.WithKey(settings.Chain, protector.Unprotect(settings.ProtectedKey));
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(settings.Chain);
        chain.RemoveAt(0);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }
}
