using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api;

public sealed class AuthenticationApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Canary = "canary-secret-value";

    [Fact]
    public async Task Client_credentials_are_shown_without_what_is_secret()
    {
        var endpoint = await CreateAsync($$$"""
            {"url":"https://example.com/","authentication":{"kind":"oauth2","tokenUrl":"https://login.example.com/token","clientId":"ann",
             "clientSecret":"{{{Canary}}}","scope":"a b","audience":"acme","parameters":{"resource":"{{{Canary}}}"},"clientAuthentication":"body","useEndpointTls":true}}
            """);

        Assert.Equal(
            """{"kind":"oauth2","tokenUrl":"https://login.example.com/token","clientId":"ann","scope":"a b","audience":"acme","parameters":{"resource":"***"},"clientAuthentication":"body","useEndpointTls":true}""",
            endpoint["authentication"]);
        Assert.DoesNotContain(Canary, host.ReadDatabase(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"oauth2"}""", "tokenUrl", "clientId", "clientSecret")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"http://10.0.0.1/","clientId":"a","clientSecret":"b"}""", "tokenUrl")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"http://169.254.169.254/","clientId":"a","clientSecret":"b"}""", "tokenUrl")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"https://a:b@example.com/","clientId":"a","clientSecret":"b"}""", "tokenUrl")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"https://example.com/","clientId":"a\nb","clientSecret":"b"}""", "clientId")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"https://example.com/","clientId":"a","clientSecret":"b\r\nc"}""", "clientSecret")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"https://example.com/","clientId":"a","clientSecret":"b","scope":""}""", "scope")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"https://example.com/","clientId":"a","clientSecret":"b","audience":"ü"}""", "audience")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"https://example.com/","clientId":"a","clientSecret":"b","clientAuthentication":"jwt"}""", "clientAuthentication")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"https://example.com/","clientId":"a","clientSecret":"b","parameters":{"grant_type":"password"}}""", "parameters/grant_type")]
    [InlineData("""{"kind":"oauth2","tokenUrl":"https://example.com/","clientId":"a","clientSecret":"b","parameters":{"x":"a\nb"}}""", "parameters/x")]
    [InlineData("""{"kind":"apiKey","name":"Host","key":"k"}""", "name")]
    [InlineData("""{"kind":"apiKey","name":"X-Key","key":"k\r\nHost: x"}""", "key")]
    [InlineData("""{"kind":"bearer","token":"k\r\nHost: x"}""", "token")]
    public async Task What_is_wrong_with_authentication_is_pointed_at(string authentication, params string[] fields)
    {
        var reply = await PostAsync($$"""{"url":"https://example.com/","authentication":{{authentication}}}""");

        Assert.Equal(fields.Select(static field => "/authentication/" + field).Order(), Pointers(reply).Order());
    }

    [Fact]
    public async Task A_client_certificate_is_shown_by_what_identifies_it_and_its_key_never()
    {
        using var authority = new TestAuthority();
        var certificate = authority.ForClient("Acme webhooks");
        var application = await host.NewApplicationAsync();

        var made = await host.CallAsync("POST", $"applications/{application}/endpoints", Body(authority.ChainOf(certificate), TestAuthority.KeyOf(certificate)));

        Assert.Equal(HttpStatusCode.Created, made.Status);
        var shown = made.Body.GetProperty("clientCertificate");
        Assert.Equal(
            (certificate.Subject, "CN=Test intermediate", Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)), new DateTimeOffset(certificate.NotAfter)),
            (shown.GetProperty("subject").GetString(), shown.GetProperty("issuer").GetString(), shown.GetProperty("thumbprint").GetString(), shown.GetProperty("notAfter").GetDateTimeOffset()));
        Assert.Equal(5, shown.EnumerateObject().Count());
        var path = $"applications/{application}/endpoints/{made["id"]}";
        var changed = await host.CallAsync("PATCH", path, """{"timeout":5}""");
        Assert.Equal(shown.ToString(), changed["clientCertificate"]);
        Assert.DoesNotContain("PRIVATE KEY", made.Text + changed.Text + host.ReadDatabase(), StringComparison.Ordinal);
        Assert.Null((await host.CallAsync("PATCH", path, """{"clientCertificate":null}"""))["clientCertificate"]);
    }

    [Fact]
    public async Task Keys_of_all_usual_forms_are_taken()
    {
        var now = DateTimeOffset.UtcNow;
        using var rsa = RSA.Create(2048);
        using var ofRsa = new CertificateRequest("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var ofEc = new CertificateRequest("CN=ec", ec, HashAlgorithmName.SHA384).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        foreach (var (certificate, key) in new[]
        {
            (ofRsa, rsa.ExportRSAPrivateKeyPem()), (ofRsa, rsa.ExportPkcs8PrivateKeyPem()), (ofEc, ec.ExportECPrivateKeyPem()), (ofEc, ec.ExportPkcs8PrivateKeyPem()),
        })
            Assert.Equal(HttpStatusCode.Created, (await PostAsync(Body(certificate.ExportCertificatePem(), key))).Status);
    }

    [Theory]
    [InlineData("no certificate", "certificate")]
    [InlineData("a damaged certificate", "certificate")]
    [InlineData("too many certificates", "certificate")]
    [InlineData("an expired certificate", "certificate")]
    [InlineData("no key", "privateKey")]
    [InlineData("a damaged key", "privateKey")]
    [InlineData("an encrypted key", "privateKey")]
    [InlineData("another certificate's key", "privateKey")]
    [InlineData("a key of another kind", "privateKey")]
    [InlineData("a public key", "privateKey")]
    public async Task A_client_certificate_that_cannot_work_is_refused_at_once(string wrong, string field)
    {
        using var authority = new TestAuthority();
        var certificate = authority.ForClient("acme", wrong == "an expired certificate" ? DateTimeOffset.UtcNow.AddDays(-1) : null);
        using var rsa = RSA.Create(2048);
        using var key = certificate.GetECDsaPrivateKey()!;

        var reply = await PostAsync(Body(
            wrong switch
            {
                "no certificate" => null,
                "a damaged certificate" => "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                "too many certificates" => string.Join('\n', Enumerable.Repeat(certificate.ExportCertificatePem(), 11)),
                _ => certificate.ExportCertificatePem(),
            },
            wrong switch
            {
                "no key" => null,
                "a damaged key" => "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
                "an encrypted key" => key.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)),
                "another certificate's key" => TestAuthority.KeyOf(authority.ForClient("other")),
                "a key of another kind" => rsa.ExportPkcs8PrivateKeyPem(),
                "a public key" => key.ExportSubjectPublicKeyInfoPem(),
                _ => TestAuthority.KeyOf(certificate),
            }));

        Assert.Equal(["/clientCertificate/" + field], Pointers(reply));
    }

    [Fact]
    public async Task Authorities_are_shown_by_what_identifies_them()
    {
        using var authority = new TestAuthority();

        var endpoint = await CreateAsync($$"""{"url":"https://example.com/","certificateAuthorities":{{Quote(authority.ChainOf(X509Certificate2.CreateFromPem(authority.Root)))}}}""");

        Assert.Equal(
            ["CN=Test root", "CN=Test intermediate"],
            endpoint.Body.GetProperty("certificateAuthorities").EnumerateArray().Select(static one => one.GetProperty("subject").GetString()));
    }

    [Fact]
    public async Task Authorities_that_nothing_can_lead_to_are_refused_at_once()
    {
        using var authority = new TestAuthority();
        foreach (var pem in new[] { "", "junk", authority.Intermediate.ExportCertificatePem() })
            Assert.Equal(["/certificateAuthorities"], Pointers(await PostAsync($$"""{"url":"https://example.com/","certificateAuthorities":{{Quote(pem)}}}""")));
    }

    [Fact]
    public async Task Certificates_need_a_url_with_tls()
    {
        using var authority = new TestAuthority();
        var certificate = authority.ForClient("acme");
        var both = Body(certificate.ExportCertificatePem(), TestAuthority.KeyOf(certificate), authority.Root);

        Assert.Equal(["/clientCertificate", "/certificateAuthorities"], Pointers(await PostAsync(both.Replace("https://", "http://", StringComparison.Ordinal))));
    }

    private static string Quote(string? text) => text is null ? "null" : $"\"{JsonEncodedText.Encode(text)}\"";

    private static string Body(string? certificate, string? key, string? authorities = null) =>
        $$"""{"url":"https://example.com/","clientCertificate":{"certificate":{{Quote(certificate)}},"privateKey":{{Quote(key)}}},"certificateAuthorities":{{Quote(authorities)}}}""";

    private static List<string> Pointers(ApiReply reply)
    {
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid"), (reply.Status, reply["code"]));
        return [.. reply.Body.GetProperty("errors").EnumerateArray().Select(static error => error.GetProperty("pointer").GetString()!)];
    }

    private async Task<ApiReply> CreateAsync(string body)
    {
        var reply = await PostAsync(body);
        Assert.Equal(HttpStatusCode.Created, reply.Status);
        Assert.DoesNotContain(Canary, reply.Text, StringComparison.Ordinal);
        return reply;
    }

    private async Task<ApiReply> PostAsync(string body) => await host.CallAsync("POST", $"applications/{await host.NewApplicationAsync()}/endpoints", body);
}
