using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Tests.Support;
using Endpoint = Parley.Webhooks.Endpoints.Endpoint;

namespace Parley.Webhooks.Tests.Outbound.Guard;

public sealed class RefusedDeliveryTests : IAsyncLifetime
{
    // On every address of this machine, so that whichever leads here would be seen.
    private readonly TcpListener _canary = TcpListener.Create(0);
    private Receiver _receiver = null!;

    private int CanaryPort => ((IPEndPoint)_canary.LocalEndpoint).Port;

    public async ValueTask InitializeAsync()
    {
        _canary.Start();
        _receiver = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _canary.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task No_delivery_goes_where_no_request_may_go_by_its_address_or_by_a_name()
    {
        await using var node = await StartAsync(new RefusedAddresses.Resolver());

        foreach (var (host, attempt) in await DeliverAsync(node, static (endpoint, url) => endpoint with { Url = url }))
            Assert.Equal((host, DeliveryError.Blocked), (host, attempt.Error));

        Assert.False(_canary.Pending());
    }

    [Fact]
    public async Task No_access_token_is_asked_for_where_no_request_may_go_by_its_address_or_by_a_name()
    {
        await using var node = await StartAsync(new RefusedAddresses.Resolver());
        var secret = node.Services.GetRequiredService<ISecretProtector>().Protect("secret");

        var attempts = await DeliverAsync(node, (endpoint, url) => endpoint with
        {
            Url = "http://1.1.1.1/",
            Authentication = new EndpointAuthentication
            {
                Kind = AuthenticationKind.Oauth2,
                ProtectedSecret = secret,
                Client = new Oauth2Client { TokenUrl = url, ClientId = "ann" },
            },
        });

        foreach (var (host, attempt) in attempts)
        {
            Assert.Equal((host, DeliveryError.Authentication), (host, attempt.Error));
            Assert.Contains(": blocked: ", attempt.Exchange!.Detail, StringComparison.Ordinal);
        }

        Assert.False(_canary.Pending());
    }

    [Fact]
    public async Task A_name_that_leads_to_a_receiver_first_and_elsewhere_then_is_not_followed()
    {
        var resolver = new RebindingResolver("127.0.0.1", "127.0.0.2");
        await using var node = await StartAsync(resolver, "127.0.0.1/32");
        // So that the next request needs a connection, and the name an address.
        _receiver.Answer(204, ("Connection", "close"));
        using var canary = new TcpListener(IPAddress.Parse("127.0.0.2"), new Uri(_receiver.Url).Port);
        canary.Start();
        var endpoint = await node.AddEndpointAsync(_receiver, endpoint => endpoint with { Url = $"http://rebound.example:{new Uri(_receiver.Url).Port}/" });
        var first = await node.SendAsync();
        await node.DeliveryAsync(first.Id, endpoint, DeliveryState.Succeeded);

        resolver.Rebind();
        var second = await node.SendAsync();

        await node.DeliveryAsync(second.Id, endpoint, DeliveryState.Waiting);
        var attempt = (await node.AttemptsAsync(second.Id, endpoint)).Single();
        Assert.Equal((DeliveryError.Blocked, "blocked: 127.0.0.2 is loopback"), (attempt.Error, attempt.Exchange!.Detail));
        Assert.False(canary.Pending());
    }

    private static Task<WebhookNode> StartAsync(IHostResolver resolver, params string[] allowed) => WebhookNode.StartAsync(
        options => options.AllowPrivateNetworks = allowed, services => services.Replace(ServiceDescriptor.Singleton(resolver)));

    /// <summary>One message to an endpoint for each address and for each name.</summary>
    private async Task<List<(string Host, Attempt Attempt)>> DeliverAsync(WebhookNode node, Func<Endpoint, string, Endpoint> lead)
    {
        List<(string Host, Endpoint Endpoint)> endpoints = [];
        foreach (var host in RefusedAddresses.All.Select(static row => UrlHost(row.Data)).Concat(RefusedAddresses.Names))
            endpoints.Add((host, await node.AddEndpointAsync(_receiver, endpoint => lead(endpoint, $"http://{host}:{CanaryPort}/"))));

        var receipt = await node.SendAsync();

        List<(string Host, Attempt Attempt)> attempts = [];
        foreach (var (host, endpoint) in endpoints)
        {
            await node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
            attempts.Add((host, (await node.AttemptsAsync(receipt.Id, endpoint)).Single()));
        }

        return attempts;
    }

    private static string UrlHost(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address.Replace("%", "%25", StringComparison.Ordinal)}]" : address;

    private sealed class RebindingResolver(string first, string then) : IHostResolver
    {
        private volatile string _address = first;

        public void Rebind() => _address = then;

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Task.FromResult<IPAddress[]>([IPAddress.Parse(_address)]);
    }
}
