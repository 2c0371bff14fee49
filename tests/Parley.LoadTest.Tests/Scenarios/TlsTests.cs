using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Parley.LoadTest.Client;
using Parley.LoadTest.Comparison;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Tests.Scenarios;

public sealed class TlsTests : IDisposable
{
    private static readonly LoadPhase Phase = new(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.3));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-tls-");
    private readonly X509Certificate2 _certificate;

    public TlsTests()
    {
        PeerCertificate.Write(_folder);
        _certificate = X509Certificate2.CreateFromPemFile(
            Path.Combine(_folder.FullName, "certificate.pem"), Path.Combine(_folder.FullName, "key.pem"));
    }

    public static TheoryData<string> Transports => [.. TransportNames.All];

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void Publications_arrive_with_TLS_over_every_transport(string transport)
    {
        using var server = Server(transport: transport);

        Assert.True(Value(RunFanout(server), "closed rate") > 0);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void Commands_are_answered_with_TLS_over_every_transport(string transport)
    {
        using var server = Server(transport: transport);

        var result = new EchoScenario(server.Target, Phase, new EchoOptions(Connections: 5, Rate: 200, Mode: EchoMode.Rpc)).Run();

        Assert.True(Value(result, "rate") > 0);
    }

    [Fact]
    public void Every_session_has_the_same_version_and_cipher()
    {
        using var server = Server();

        RunFanout(server);

        Assert.Equal([(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256)], server.Sessions);
    }

    [Fact]
    public void A_server_without_that_version_ends_the_run()
    {
        using var server = Server(SslProtocols.Tls12);

        Assert.StartsWith("TLS: ", Assert.Throws<LoadTestException>(() => RunFanout(server)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_of_many_records_is_put_together()
    {
        var space = new string(' ', 300_000);
        using var server = Server(deliver: (_, _, push) => [push[..^1] + space + "}"]);

        Assert.True(Value(RunFanout(server), "closed rate") > 0);
    }

    [Fact]
    public void Messages_of_one_record_are_told_apart()
    {
        using var server = Server(deliver: static (_, _, push) => ["{}\n{}", push, "{}"]);

        Assert.True(Value(RunFanout(server), "closed rate") > 0);
    }

    [Fact]
    public void A_lost_publication_ends_the_run_with_TLS() =>
        AssertFails(static (subscriber, number, push) => subscriber == 3 && number == 2 ? [] : [push], "lost");

    [Fact]
    public void A_closed_connection_ends_the_run_with_TLS() =>
        AssertFails(static (subscriber, number, push) => subscriber == 3 && number == 2 ? [""] : [push], "3008 slow");

    [Fact]
    public void An_ended_session_ends_the_run() =>
        AssertFails(static (subscriber, number, push) => subscriber == 3 && number == 2 ? [ScriptedServer.EndOfSession] : [push], "ended the TLS session");

    [Fact]
    public void Publications_over_HTTP_go_with_TLS_too()
    {
        using var server = Server();

        var result = new HttpScenario(server.Target, Phase, new HttpOptions(Connections: 3)).Run();

        Assert.True(Value(result, "rate") > 0);
        Assert.NotEmpty(server.Sessions);
    }

    [Fact]
    public void Clients_that_come_and_go_end_their_sessions()
    {
        using var server = Server();

        var result = new ConnectScenario(server.Target, Phase, new ConnectOptions(Standing: 5, Parallel: 4)).Run();

        Assert.True(Value(result, "rate") > 0);
    }

    private ScriptedServer Server(
        SslProtocols protocols = SslProtocols.None, Func<int, int, string, string[]>? deliver = null, string transport = "websocket") => new()
        {
            Tls = new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = protocols },
            Transport = TransportNames.Parse(transport),
            Deliver = deliver ?? (static (_, _, push) => [push]),
            HasRpc = true,
        };

    private void AssertFails(Func<int, int, string, string[]> deliver, string because)
    {
        using var server = Server(deliver: deliver);

        Assert.Contains(because, Assert.Throws<LoadTestException>(() => RunFanout(server)).Message, StringComparison.Ordinal);
    }

    private static ScenarioResult RunFanout(ScriptedServer server) =>
        new FanoutScenario(server.Target, Phase, new FanoutOptions(Subscribers: 10) { Rates = [100] }).Run();

    private static double Value(ScenarioResult result, string metric) => result.Metrics.Single(m => m.Name == metric).Value;
}
