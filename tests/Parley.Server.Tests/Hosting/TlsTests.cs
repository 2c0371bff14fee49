using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Parley.Server.Tests.Hosting;

public sealed class TlsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_web_server_s_own_configuration_turns_tls_on_and_then_nothing_else_is_listened_on()
    {
        using var certificate = CreateCertificate();
        File.WriteAllBytes(_folder.File("server.pfx"), certificate.Export(X509ContentType.Pfx, "canary"));
        _folder.Write("parley.json", """
            {"Kestrel": {"Endpoints": {"Https": {"Url": "https://127.0.0.1:0", "Certificate": {"Path": "server.pfx", "Password": "canary"}}}}}
            """);
        await using var server = ServerProcess.Start(_folder, ["serve"]);
        var address = await server.WaitForAddressAsync();
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == certificate.GetCertHashString() },
        });

        Assert.Equal("live\n", await client.GetStringAsync(new Uri(address, "/health/live")));

        server.Terminate();
        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.Contains($"wss://{address.Authority}/connection/websocket", server.Output);
        Assert.DoesNotContain(":8000", server.Everything);
        Assert.DoesNotContain("canary", server.Everything);
    }

    [Fact]
    public async Task A_certificate_that_is_missing_stops_the_start_with_one_sentence()
    {
        await using var server = await ServerProcess.RunAsync(
            _folder, ["--Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0", "--Kestrel:Endpoints:Https:Certificate:Path", "missing.pfx"]);

        Assert.Equal(1, server.ExitCode);
        Assert.Contains("could not start", server.Error);
        Assert.DoesNotContain("   at ", server.Everything);
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
