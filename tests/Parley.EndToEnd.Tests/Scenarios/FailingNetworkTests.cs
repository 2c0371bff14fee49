using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>As <see cref="RecoveryTests"/>, and beside them, because each way takes ten seconds.</summary>
public abstract class FailingNetworkScenarios(RecoveryServer server, SdkHost sdk) : IAsyncLifetime
{
    private readonly TcpRelay _relay = new(server.Endpoint);

    public virtual async Task A_network_that_keeps_failing_loses_and_doubles_nothing(SdkWay way)
    {
        const int Total = 1000;
        var channel = RecoveryServer.NewChannel();
        _relay.Latency = TimeSpan.FromMilliseconds(5);
        // The client does not give a silent link up by itself here.
        var options = new SdkClientOptions { Token = server.Tokens.Connection("alice"), MaxServerPingDelay = TimeSpan.FromMinutes(1) };
        await using var client = await sdk.OpenAsync(way, _relay.Address, options);
        await client.ConnectAsync();
        var subscription = await client.SubscribeAsync(channel);

        // Ten seconds of traffic; the network fails by the count of publications, not by a clock of its own.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var number = 1; number <= Total; number++)
        {
            await pace.WaitForNextTickAsync();
            await server.Api.PublishAsync(channel, number);
            Disturb(number);
        }

        for (var number = 1; number <= Total; number++)
        {
            var publication = await subscription.PublicationAsync();
            Assert.Equal((number, (ulong)number), (publication.Data.GetInt32(), publication.Offset!.Value));
        }

        Assert.Equal(0, subscription.Events.CountUntaken("publication"));
        var recoveries = subscription.Events.CountUntaken("subscribed");
        if (way.OutlivesItsNetwork()) Assert.Equal(0, recoveries);
        else Assert.InRange(recoveries, 5, 100);
        for (var i = 0; i < recoveries; i++)
        {
            var subscribed = await subscription.SubscribedAsync();
            Assert.Equal((true, true), (subscribed.WasRecovering, subscribed.Recovered));
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _relay.DisposeAsync();
    }

    /// <summary>Cuts often, also shortly after a cut, and once is silent for three seconds before it cuts.</summary>
    private void Disturb(int number)
    {
        if (number is 100 or 105 or 200 or 300 or 750 or 850 or 900 or 910)
            _relay.Cut();
        else if (number == 450)
            _relay.BlackHole();
    }
}

public sealed class SdkFailingNetworkTests(RecoveryServer server, SdkHost sdk) : FailingNetworkScenarios(server, sdk), IClassFixture<RecoveryServer>
{
    [Theory, EveryWay(WithoutDotNet = true)]
    public override Task A_network_that_keeps_failing_loses_and_doubles_nothing(SdkWay way) =>
        base.A_network_that_keeps_failing_loses_and_doubles_nothing(way);
}

public sealed class DotNetFailingNetworkTests(RecoveryServer server, SdkHost sdk) : FailingNetworkScenarios(server, sdk), IClassFixture<RecoveryServer>
{
    [Theory, EveryWay(WithoutSdk = true)]
    public override Task A_network_that_keeps_failing_loses_and_doubles_nothing(SdkWay way) =>
        base.A_network_that_keeps_failing_loses_and_doubles_nothing(way);
}
