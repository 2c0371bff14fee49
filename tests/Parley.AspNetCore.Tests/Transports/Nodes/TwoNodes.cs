using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Parley.AspNetCore.Tests.Transports.Streams;
using Parley.Specifications.Transports;
using Parley.Testing;
using Parley.Testing.Faults;
using Parley.Testing.Nodes;

namespace Parley.AspNetCore.Tests.Transports.Nodes;

/// <summary>Two nodes behind a proxy that gives requests to them in turn, and one clock for all.</summary>
internal sealed class TwoNodes : ITransportHost
{
    private readonly FakeTimeProvider _time;

    private TwoNodes(FakeTimeProvider time, NodeCluster cluster, StreamHost first, StreamHost second, HttpRelay relay)
    {
        _time = time;
        Cluster = cluster;
        First = first;
        Second = second;
        Relay = relay;
    }

    public NodeCluster Cluster { get; }

    public StreamHost First { get; }

    public StreamHost Second { get; }

    public HttpRelay Relay { get; }

    public Uri Address => Relay.Address;

    public Uri NodeAddress => First.Address;

    public int Nodes => 2;

    public IParley Parley => First.Parley;

    public int Connections => First.Connections + Second.Connections;

    public int Requests => First.Requests + Second.Requests;

    public static async Task<TwoNodes> StartAsync(Action<ParleyOptions>? configure = null, Action<IServiceCollection>? addServices = null)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var cluster = new NodeCluster(time);
        var first = await StreamHost.StartAsync(time, AddServices, configure);
        var second = await StreamHost.StartAsync(time, AddServices, configure);
        return new TwoNodes(time, cluster, first, second, await HttpRelay.StartAsync(first.Address, second.Address));

        void AddServices(IServiceCollection services)
        {
            cluster.AddNode(services);
            addServices?.Invoke(services);
        }
    }

    public void LetPass(int seconds)
    {
        for (; seconds > 0; seconds--)
            _time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Stops one node after the other; the proxy gives one that stops no further requests while there is another one.</summary>
    public async Task StopAsync()
    {
        Relay.Targets = [Second.Address];
        await First.StopAsync();
        // Polls that the first one held for the second have come to the second when an operator goes on to it.
        await Eventually.BecomesAsync(() => Task.FromResult(Second.OwnRequests >= Second.Connections), static areThere => areThere);
        await Second.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        await First.DisposeAsync();
        await Second.DisposeAsync();
        Cluster.Dispose();
    }
}
