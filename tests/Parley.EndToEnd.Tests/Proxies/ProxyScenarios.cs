using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Text;
using System.Text.Json;
using Parley.EndToEnd.Tests.Clients;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Proxies;

/// <summary>What clients may expect behind every proxy that is configured as <c>deploy</c> says.</summary>
public abstract class ProxyScenarios(ServerBehindProxy fixture, SdkHost sdk)
{
    /// <summary>Far below what a proxy would wait for more to send on together, on a busy machine.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(1.5);

    private ProxiedServer Server => fixture.Server;

    [Theory, EveryWay]
    public async Task What_is_published_arrives_at_once(SdkWay way)
    {
        var channel = ProxiedServer.NewChannel();
        await using var client = await ConnectAsync(way);
        var subscription = await client.SubscribeAsync(channel);
        for (var number = 1; number <= 5; number++)
        {
            var watch = Stopwatch.StartNew();
            await Server.Api.PublishAsync(channel, number);

            Assert.Equal(number, (await subscription.PublicationAsync()).Data.GetInt32());
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, Prompt);
        }

        await client.PublishAsync(channel, "from a client");
        Assert.Equal("from a client", (await subscription.PublicationAsync()).Data.GetString());
    }

    [Fact]
    public async Task Connections_without_traffic_outlive_the_idle_time_out_of_the_proxy()
    {
        var channel = ProxiedServer.NewChannel();
        var clients = await Task.WhenAll(SdkWays.All.Select(async way => (Way: way, Client: await OpenAsync(way, ttl: 2.5 * ReverseProxy.IdleTimeout))));
        List<(SdkWay Way, SdkClient Client, SdkSubscription Subscription)> connected = [];
        foreach (var (way, client) in clients)
        {
            await client.ConnectAsync();
            await client.ConnectingAsync();
            connected.Add((way, client, await client.SubscribeAsync(channel)));
        }

        // The clock: each asks for a new token shortly before its own runs out, and says nothing but pong until then.
        await Eventually.BecomesAsync(
            () => Task.FromResult(clients.Count(static one => one.Client.TokenQuestions == 1)), count => count == clients.Length);

        await Server.Api.PublishAsync(channel, "still there");
        foreach (var (way, client, subscription) in connected)
        {
            Assert.Equal("still there", (await subscription.PublicationAsync()).Data.GetString());
            Assert.True(client.Events.CountUntaken("connecting") == 0, $"{way} was cut.");
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Streams_and_emulation_work_over_http_2()
    {
        var channel = ProxiedServer.NewChannel();
        using var http = NewClient();
        http.DefaultRequestVersion = HttpVersion.Version20;
        http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var connect = new { id = 1, connect = new { token = Server.Tokens.Connection("alice") } };
        using var opening = new HttpRequestMessage(HttpMethod.Post, "/connection/http_stream") { Content = Json(connect) };
        opening.Version = HttpVersion.Version20;
        using var response = await http.SendAsync(opening, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var connected = (await ReadAsync(lines)).GetProperty("connect");

        using var sent = await http.PostAsync("/emulation", Json(new
        {
            session = connected.GetProperty("session").GetString(),
            node = connected.GetProperty("node").GetString(),
            data = JsonSerializer.Serialize(new { id = 2, subscribe = new { channel } }),
        }));

        Assert.Equal((HttpVersion.Version20, HttpVersion.Version20), (response.Version, sent.Version));
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        Assert.Equal(2, (await ReadAsync(lines)).GetProperty("id").GetInt32());
        await Server.Api.PublishAsync(channel, "over HTTP/2");
        Assert.Equal("over HTTP/2", (await ReadAsync(lines)).GetProperty("push").GetProperty("pub").GetProperty("data").GetString());
    }

    [Fact]
    public async Task Long_polls_are_held_and_answered_at_once()
    {
        var channel = ProxiedServer.NewChannel();
        using var http = NewClient();
        var commands = JsonSerializer.Serialize(new { id = 1, connect = new { token = Server.Tokens.Connection("alice") } })
            + "\n" + JsonSerializer.Serialize(new { id = 2, subscribe = new { channel } });
        using var opened = await http.PostAsync("/connection/long_poll", new StringContent(commands, Encoding.UTF8, "application/json"));
        http.DefaultRequestHeaders.Add("Parley-Session", opened.Headers.GetValues("Parley-Session").Single());
        http.DefaultRequestHeaders.Add("Parley-Node", opened.Headers.GetValues("Parley-Node").Single());

        // Together silent for longer than the proxy allows.
        for (var i = 0; i < 3; i++)
            Assert.Equal((HttpStatusCode.NoContent, ""), await PollAsync(http));
        var watch = Stopwatch.StartNew();
        var polling = PollAsync(http);
        await Server.Api.PublishAsync(channel, "by a long poll");
        var (status, body) = await polling;

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("by a long poll", body, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Prompt);
    }

    [Fact]
    public async Task The_API_is_there_and_plain_http_is_sent_to_tls()
    {
        using var http = NewClient();
        http.DefaultRequestHeaders.Add("X-API-Key", Server.ApiKey);

        using var info = await http.PostAsync("/api/info", Json(new { }));
        using var plain = await http.GetAsync(new Uri(fixture.Proxy.PlainAddress, "/connection/websocket"));

        Assert.Equal(HttpStatusCode.OK, info.StatusCode);
        Assert.Equal((HttpStatusCode.MovedPermanently, "https"), (plain.StatusCode, plain.Headers.Location!.Scheme));
    }

    private static StringContent Json(object value) => new(JsonSerializer.Serialize(value), Encoding.UTF8, "application/json");

    private static async Task<(HttpStatusCode Status, string Body)> PollAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connection/long_poll");
        request.Headers.Add("Parley-Ack", "1");
        request.Headers.Add("Parley-Wait", "2");
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The next line that is no ping.</summary>
    private static async Task<JsonElement> ReadAsync(StreamReader lines)
    {
        while (true)
        {
            var line = await lines.ReadLineAsync().WaitAsync(Patience.Limit) ?? throw new InvalidOperationException("The stream has ended.");
            var value = JsonSerializer.Deserialize<JsonElement>(line);
            if (value.EnumerateObject().Any())
                return value;
        }
    }

    private HttpClient NewClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsOurs },
    })
    {
        BaseAddress = fixture.Proxy.Address,
    };

    private bool IsOurs(
        object sender,
        System.Security.Cryptography.X509Certificates.X509Certificate? certificate,
        System.Security.Cryptography.X509Certificates.X509Chain? chain,
        SslPolicyErrors errors) =>
        certificate?.GetCertHashString() == sdk.Certificate.Thumbprint;

    private Task<SdkClient> OpenAsync(SdkWay way, TimeSpan? ttl = null) => sdk.OpenAsync(way, fixture.Proxy.Address, new SdkClientOptions
    {
        Token = Server.Tokens.Connection("alice", ttl),
        GetToken = () => Server.Tokens.Connection("alice"),
    });

    private async Task<SdkClient> ConnectAsync(SdkWay way)
    {
        var client = await OpenAsync(way);
        await client.ConnectAsync();
        return client;
    }
}

public sealed class NginxTests(ServerBehindNginx fixture, SdkHost sdk) : ProxyScenarios(fixture, sdk), IClassFixture<ServerBehindNginx>;

public sealed class HaProxyTests(ServerBehindHaProxy fixture, SdkHost sdk) : ProxyScenarios(fixture, sdk), IClassFixture<ServerBehindHaProxy>;
