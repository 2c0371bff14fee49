using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Clients.DotNet;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>What is left behind by clients that have gone.</summary>
public sealed class ComingAndGoingTests(LifecycleServer server) : IClassFixture<LifecycleServer>
{
    [Theory, EveryWay]
    public async Task Clients_that_come_and_go_quickly_leave_nothing_behind(SdkWay way)
    {
        var reached = way.IsDotNet()
            ? await DotNetRapidCycles.RunAsync(way, server.Address, "busy", cycles: 100)
            : await RunRapidCyclesAsync(way, server.Address, "busy", cycles: 100);

        Assert.Equal("""{"connecting":25,"connected":25,"subscribed":25,"resubscribed":25}""", reached);
        var left = await Eventually.BecomesAsync(
            CountAsync, static counts => counts is { Clients: 0, Users: 0, Subscriptions: 0, Channels: 0 });
        Assert.Equal(new Counts(0, 0, 0, 0), left);
        Assert.Equal(0, await server.Api.CountClientsAsync("busy"));
    }

    private static async Task<string> RunRapidCyclesAsync(SdkWay way, Uri address, string channel, int cycles)
    {
        var transports = new[] { way.Transport() };
        var printed = await NodeScript.RunAsync(
            SdkHost.ScriptPath("rapid-cycles.mjs"), new { address, transports, format = way.Format(), channel, cycles });
        return Assert.Single(printed).ToString();
    }

    private async Task<Counts> CountAsync()
    {
        var info = await server.Api.InfoAsync();
        return new Counts(Number("num_clients"), Number("num_users"), Number("num_subs"), Number("num_channels"));

        int Number(string name) => info.GetProperty(name).GetInt32();
    }

    private sealed record Counts(int Clients, int Users, int Subscriptions, int Channels);
}
