using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Parley.Testing.Nodes;

/// <summary>Two nodes in this process, each on a port of its own. Every client may subscribe and publish to every channel, which keeps 5,000 publications.</summary>
public sealed class NodeServers : IAsyncDisposable
{
    private readonly NodeCluster _cluster = new(TimeProvider.System);
    private readonly List<WebApplication> _nodes = [];
    private readonly List<IParley> _parleys = [];

    private NodeServers()
    {
    }

    /// <summary>Where the nodes listen.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>Requests that one node has asked another one.</summary>
    public int Asked => _cluster.Asked;

    /// <summary>Starts them.</summary>
    public static async Task<NodeServers> StartAsync()
    {
        var servers = new NodeServers();
        servers._nodes.Add(await servers.StartNodeAsync());
        servers._nodes.Add(await servers.StartNodeAsync());
        servers._parleys.AddRange(servers._nodes.Select(static node => node.Services.GetRequiredService<IParley>()));
        servers.Addresses = [.. servers._nodes.Select(static node => new Uri(node.Urls.Single()))];
        return servers;
    }

    /// <summary>Where a node listens.</summary>
    public IPEndPoint Endpoint(int node) => new(IPAddress.Loopback, Addresses[node].Port);

    /// <summary>Publishes a number as the application, through one node after the other; the first one may be stopped.</summary>
    public async Task PublishAsync(string channel, int number) => await _parleys[number % _parleys.Count]
        .PublishAsync(channel, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The numbers that a channel keeps.</summary>
    public async Task<int[]> PublishedAsync(string channel)
    {
        var page = await _parleys[^1].GetHistoryAsync(channel, limit: -1);
        return [.. page.Publications.Select(static one => int.Parse(Encoding.UTF8.GetString(one.Data.Span), CultureInfo.InvariantCulture))];
    }

    /// <summary>Stops the first node, as an operator has it stopped.</summary>
    public async Task StopFirstAsync()
    {
        var node = _nodes[0];
        _nodes.RemoveAt(0);
        _parleys.RemoveAt(0);
        await node.StopAsync();
        await node.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.EndNowAsync();
        _cluster.Dispose();
    }

    private async Task<WebApplication> StartNodeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _cluster.AddNode(builder.Services);
        builder.Services.AddParley(static options =>
        {
            options.Clients.Insecure = true;
            options.Channels.Default.HistorySize = 5000;
            options.Channels.Default.HistoryTtl = TimeSpan.FromMinutes(10);
            options.Channels.Default.ForceRecovery = true;
        });
        var application = builder.Build();
        application.MapParley();
        application.MapGet("/health/ready", static () => Results.Ok()); // as the server has it, for proxies
        await application.StartAsync();
        return application;
    }
}
