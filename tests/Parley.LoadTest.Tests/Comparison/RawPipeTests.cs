using Parley.LoadTest.Comparison;
using Parley.LoadTest.Measurement;
using Parley.LoadTest.Scenarios;

namespace Parley.LoadTest.Tests.Comparison;

public sealed class RawPipeTests
{
    private static readonly LoadPhase Phase = new(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.3));

    private static readonly DirectoryInfo Root = FindRoot();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Publications_reach_every_subscriber_once_and_in_order(bool tls)
    {
        using var server = Start(tls);

        var result = new FanoutScenario(server.Target, Phase, new FanoutOptions(Subscribers: 20) { Rates = [200] }).Run();

        Assert.True(Value(result, "closed rate") > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Requests_are_answered_in_order(bool tls)
    {
        using var server = Start(tls);

        // Frames with two bytes of length, too.
        var result = new EchoScenario(server.Target, Phase, new EchoOptions(Connections: 5, PayloadBytes: 3000, Rate: 500)).Run();

        Assert.True(Value(result, "rate") > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Many_publishers_at_once_are_served(bool tls)
    {
        using var server = Start(tls);

        var result = new ChannelsScenario(server.Target, Phase, new ChannelsOptions(20, 3, 64, 2000)).Run();

        Assert.True(Value(result, "rate") > 0);
    }

    private static PeerServer Start(bool tls)
    {
        var program = Path.Combine("{root}", "bench", "Peers", "RawPipe", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "RawPipe.dll");
        string[] certificate = tls ? ["--certificate", "{directory}/certificate.pem", "--key", "{directory}/key.pem"] : [];
        return PeerServer.Start(
            new Peer { Name = "raw-pipe", Dialect = "bare", Path = "/", Tls = tls, Command = ["dotnet", "exec", program, "--port", "{port}", .. certificate] },
            Root);
    }

    private static DirectoryInfo FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
            folder = folder.Parent!;

        return folder;
    }

    private static double Value(ScenarioResult result, string metric) => result.Metrics.Single(m => m.Name == metric).Value;
}
