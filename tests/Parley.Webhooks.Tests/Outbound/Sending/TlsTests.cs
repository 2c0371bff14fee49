using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Outbound.Sending;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound.Sending;

public sealed class TlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("Stranger");
    private WebhookNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await WebhookNode.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task A_receiver_of_the_endpoints_own_authority_is_trusted()
    {
        await using var receiver = await StartAsync(_authority.ForServer());
        var endpoint = await _node.AddEndpointAsync(receiver, Trusting(_authority.Root));

        var receipt = await _node.SendAsync();

        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
    }

    [Fact]
    public async Task A_receiver_that_certifies_itself_is_trusted_by_its_own_certificate()
    {
        using var self = new TestCertificate();
        var certificate = X509Certificate2.CreateFromPemFile(self.CertificatePath, self.KeyPath);
        await using var receiver = await Receiver.StartAsync(https => https.ServerCertificate = certificate);
        var endpoint = await _node.AddEndpointAsync(receiver, Trusting(certificate.ExportCertificatePem()));

        var receipt = await _node.SendAsync();

        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
    }

    [Theory]
    [InlineData("of another authority")]
    [InlineData("of an authority that the system does not know")]
    [InlineData("for another name")]
    [InlineData("expired")]
    public async Task A_receiver_that_cannot_be_trusted_gets_nothing(string certificate)
    {
        await using var receiver = await StartAsync(certificate switch
        {
            "for another name" => _authority.ForServer("other.example"),
            "expired" => _authority.ForServer(notAfter: DateTimeOffset.UtcNow.AddDays(-1)),
            _ => _authority.ForServer(),
        });
        var endpoint = await _node.AddEndpointAsync(receiver, certificate switch
        {
            "of another authority" => Trusting(_stranger.Root),
            "of an authority that the system does not know" => null,
            _ => Trusting(_authority.Root),
        });

        var receipt = await _node.SendAsync();

        var waiting = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Assert.Equal(DeliveryError.Tls, waiting.LastError);
        Assert.Equal(0, receiver.Waiting);
        Assert.NotEmpty((await _node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!.Detail!);
    }

    [Fact]
    public void The_systems_authorities_do_not_count_beside_the_endpoints_own()
    {
        var policy = PolicyOf(new CertificateAuthorities { Certificates = _authority.ChainOf(X509Certificate2.CreateFromPem(_authority.Root)), Summaries = [] });

        Assert.Equal(X509ChainTrustMode.CustomRootTrust, policy.TrustMode);
        Assert.Equal(["CN=Test root"], policy.CustomTrustStore.Select(static certificate => certificate.Subject));
        Assert.Equal(["CN=Test intermediate"], policy.ExtraStore.Select(static certificate => certificate.Subject));
        Assert.Equal(X509ChainTrustMode.System, PolicyOf(null).TrustMode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_fetched_that_a_receivers_certificate_names(bool hasAuthorities)
    {
        await using var canary = await Receiver.StartAsync();
        // Its intermediate certificate is missing, and says where it can be had.
        var certificate = _authority.ForServer(issuerUrl: canary.Url);
        await using var receiver = await Receiver.StartAsync(https =>
        {
            // Kestrel itself would fetch it for what it is given here.
            https.ServerCertificate = _authority.ForServer();
            https.OnAuthenticate = (_, tls) => tls.ServerCertificateContext = SslStreamCertificateContext.Create(certificate, [], offline: true);
        });
        var endpoint = await _node.AddEndpointAsync(receiver, hasAuthorities ? Trusting(_authority.Root) : null);

        var receipt = await _node.SendAsync();

        Assert.Equal(DeliveryError.Tls, (await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting)).LastError);
        Assert.Equal(0, canary.Waiting);
    }

    [Fact]
    public async Task A_receiver_gets_the_client_certificate_with_its_chain()
    {
        var client = _authority.ForClient("parley");
        var chain = new List<string>();
        await using var receiver = await StartAsync(_authority.ForServer(), (presented, built) =>
        {
            lock (chain)
                chain.AddRange([presented.Subject, .. built!.ChainPolicy.ExtraStore.Select(static certificate => certificate.Subject)]);
            return true;
        });
        var endpoint = await _node.AddEndpointAsync(receiver, endpoint => Trusting(_authority.Root)(Showing(client)(endpoint)));

        var receipt = await _node.SendAsync();

        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Contains("CN=parley", chain);
        Assert.Contains("CN=Test intermediate", chain);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receiver_that_does_not_know_the_client_certificate_gets_nothing(bool hasCertificate)
    {
        var client = _stranger.ForClient("parley");
        await using var receiver = await StartAsync(_authority.ForServer(), static (presented, _) => presented.Issuer == "CN=Test intermediate");
        var endpoint = await _node.AddEndpointAsync(
            receiver, endpoint => Trusting(_authority.Root)(hasCertificate ? Showing(client)(endpoint) : endpoint));

        var receipt = await _node.SendAsync();

        var waiting = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Assert.Equal(0, receiver.Waiting);
        // Kestrel says nothing, and ends the connection.
        Assert.True(waiting.LastError is DeliveryError.Tls or DeliveryError.Protocol);
    }

    [Fact]
    public async Task Endpoints_of_one_receiver_never_share_a_connection_that_shows_a_certificate()
    {
        var seen = System.Threading.Channels.Channel.CreateUnbounded<(string? Certificate, string Connection)>();
        await using var receiver = await StartAsync(_authority.ForServer(), static (_, _) => true, ClientCertificateMode.AllowCertificate);
        receiver.Answer(context =>
        {
            seen.Writer.TryWrite((context.Connection.ClientCertificate?.Subject, context.Connection.Id));
            return Task.CompletedTask;
        });
        string?[] names = ["ann", "bob", null];
        foreach (var name in names)
        {
            await _node.AddEndpointAsync(receiver, endpoint => Trusting(_authority.Root)(name is null ? endpoint : Showing(_authority.ForClient(name))(endpoint)));
            await _node.AddEndpointAsync(receiver, endpoint => Trusting(_authority.Root)(name is null ? endpoint : Showing(_authority.ForClient(name))(endpoint)));
        }

        for (var round = 0; round < 2; round++)
        {
            await _node.SendAsync();
            await receiver.NextAsync(6);
        }

        var connections = new Dictionary<string, string?>();
        var shown = new List<string?>();
        while (seen.Reader.TryRead(out var one))
        {
            shown.Add(one.Certificate);
            connections[one.Connection] = one.Certificate;
        }

        Assert.Equal(["CN=ann", "CN=ann", "CN=ann", "CN=ann", "CN=bob", "CN=bob", "CN=bob", "CN=bob"], shown.OfType<string>().Order());
        // Each of the six endpoints has its own, whatever it shows.
        Assert.InRange(connections.Count, 6, 12);
    }

    [Fact]
    public async Task A_changed_endpoint_shows_its_new_certificate_at_once()
    {
        var seen = System.Threading.Channels.Channel.CreateUnbounded<string?>();
        await using var receiver = await StartAsync(_authority.ForServer(), static (_, _) => true, ClientCertificateMode.AllowCertificate);
        receiver.Answer(context =>
        {
            seen.Writer.TryWrite(context.Connection.ClientCertificate?.Subject);
            return Task.CompletedTask;
        });
        var endpoint = await _node.AddEndpointAsync(receiver, endpoint => Trusting(_authority.Root)(Showing(_authority.ForClient("old"))(endpoint)));
        var receipt = await _node.SendAsync();
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);

        await _node.Store.ReplaceAsync((Showing(_authority.ForClient("new"))(endpoint) with { Revision = endpoint.Revision + 1 }).ToResource());
        _node.Services.GetRequiredService<WebhookCatalog>().Forget(_node.Application);
        await _node.SendAsync();
        await receiver.NextAsync(2);

        Assert.Equal(("CN=old", "CN=new"), (await seen.Reader.ReadAsync(), await seen.Reader.ReadAsync()));
        Assert.Equal(1, _node.Services.GetRequiredService<ConnectionPools>().Kept);
    }

    [Fact]
    public async Task A_private_key_that_cannot_be_decrypted_is_a_matter_of_configuration()
    {
        await using var receiver = await StartAsync(_authority.ForServer());
        var endpoint = await _node.AddEndpointAsync(receiver, endpoint => endpoint with
        {
            ClientCertificate = new ClientCertificate
            {
                Chain = _authority.Root,
                ProtectedKey = "of another server",
                Summary = Certificates.Summarize(_authority.Intermediate),
            },
        });

        var receipt = await _node.SendAsync();

        Assert.Equal(DeliveryError.Configuration, (await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting)).LastError);
    }

    private static Func<Endpoint, Endpoint> Trusting(string pem) => endpoint => endpoint with
    {
        CertificateAuthorities = new CertificateAuthorities { Certificates = pem, Summaries = [] },
    };

    private Func<Endpoint, Endpoint> Showing(X509Certificate2 certificate) => endpoint => endpoint with
    {
        ClientCertificate = new ClientCertificate
        {
            Chain = _authority.ChainOf(certificate),
            ProtectedKey = _node.Services.GetRequiredService<ISecretProtector>().Protect(TestAuthority.KeyOf(certificate)),
            Summary = Certificates.Summarize(certificate),
        },
    };

    private Task<Receiver> StartAsync(
        X509Certificate2 certificate, Func<X509Certificate2, X509Chain?, bool>? judge = null,
        ClientCertificateMode mode = ClientCertificateMode.RequireCertificate) => Receiver.StartAsync(https =>
    {
        https.ServerCertificate = certificate;
        https.ServerCertificateChain = [_authority.Intermediate];
        if (judge is null)
            return;
        https.ClientCertificateMode = mode;
        https.ClientCertificateValidation = (presented, chain, _) => judge(presented, chain);
    });

    private X509ChainPolicy PolicyOf(CertificateAuthorities? authorities)
    {
        using var handler = _node.Services.GetRequiredService<HandlerFactory>().Create(
            new TlsSettings { Endpoint = Guid.Empty, Revision = 1, Authorities = authorities });
        return handler.SslOptions.CertificateChainPolicy!;
    }
}
