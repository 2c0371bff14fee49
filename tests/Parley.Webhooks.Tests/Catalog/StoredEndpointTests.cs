using System.Text;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Tests.Catalog;

public sealed class StoredEndpointTests
{
    [Fact]
    public void An_endpoint_that_was_stored_before_there_were_certificates_and_tokens_is_what_it_was()
    {
        var endpoint = Read("""{"url":"https://example.com/","authentication":{"kind":"Basic","user":"ann","protectedSecret":"x","inQuery":false}}""");

        Assert.Equal(new EndpointAuthentication { Kind = AuthenticationKind.Basic, User = "ann", ProtectedSecret = "x" }, endpoint.Authentication);
        Assert.Equal((null, null), (endpoint.ClientCertificate, endpoint.CertificateAuthorities));
    }

    [Fact]
    public void An_endpoint_comes_back_as_it_was_stored()
    {
        var summary = new CertificateSummary("CN=a", "CN=b", "00", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        var endpoint = new Endpoint
        {
            Authentication = new EndpointAuthentication
            {
                Kind = AuthenticationKind.Oauth2,
                ProtectedSecret = "x",
                Client = new Oauth2Client { TokenUrl = "https://example.com/token", ClientId = "ann", Scope = "a b", InBody = true },
            },
            ClientCertificate = new ClientCertificate { Chain = "c", ProtectedKey = "k", Summary = summary },
            CertificateAuthorities = new CertificateAuthorities { Certificates = "c", Summaries = [summary] },
        };

        var read = endpoint.ToResource().ToEndpoint();

        Assert.Equivalent(endpoint, read, strict: true);
    }

    private static Endpoint Read(string document) =>
        new Resource { Kind = ResourceKind.Endpoint, Id = Guid.NewGuid(), Document = Encoding.UTF8.GetBytes(document) }.ToEndpoint();
}
