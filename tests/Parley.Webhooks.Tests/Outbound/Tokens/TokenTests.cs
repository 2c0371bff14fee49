using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Parley.Testing;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;
using Endpoint = Parley.Webhooks.Endpoints.Endpoint;

namespace Parley.Webhooks.Tests.Outbound.Tokens;

public sealed class TokenTests : IAsyncLifetime
{
    private const string Secret = "s&cret canary:%";

    private readonly LogKeeper _logs = new();
    private WebhookNode _node = null!;
    private Receiver _receiver = null!;
    private Receiver _tokens = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await WebhookNode.StartAsync(static options => options.AllowPrivateNetworks = ["127.0.0.1/32"], services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IHostResolver>(new Resolver()));
            services.AddSingleton<ILoggerProvider>(_logs).Configure<LoggerFilterOptions>(static options => options.MinLevel = LogLevel.Trace);
        });
        _receiver = await Receiver.StartAsync();
        _tokens = await Receiver.StartAsync();
        _tokens.GiveTokens();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
        await _tokens.DisposeAsync();
    }

    [Fact]
    public async Task A_token_is_asked_for_by_the_clients_credentials_and_goes_along()
    {
        var endpoint = await AddAsync(static client => client with { Scope = "hooks write", Audience = "https://acme.example/" });

        var receipt = await _node.SendAsync();

        var asked = await _tokens.NextAsync();
        Assert.Equal(("POST", "application/x-www-form-urlencoded", "application/json"), (asked.Method, asked.Headers["content-type"], asked.Headers["accept"]));
        Assert.Equal("grant_type=client_credentials&scope=hooks+write&audience=https%3A%2F%2Facme.example%2F", asked.Form());
        // RFC 6749, 2.3.1: each is encoded as in a form before they are joined.
        Assert.Equal("Basic " + Convert.ToBase64String("ann%3Aacme:s%26cret+canary%3A%25"u8), asked.Headers["authorization"]);
        Assert.Equal("Bearer token-1", (await _receiver.NextAsync()).Headers["authorization"]);
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Contains(new("Authorization", "***"), (await _node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!.RequestHeaders);
    }

    [Fact]
    public async Task Credentials_go_in_the_body_for_a_server_that_wants_them_there_with_further_parameters()
    {
        await AddAsync(client => client with { InBody = true, ProtectedParameters = new Dictionary<string, string> { ["resource"] = Hide("a b") } });

        await _node.SendAsync();

        var asked = await _tokens.NextAsync();
        Assert.Equal("grant_type=client_credentials&resource=a+b&client_id=ann%3Aacme&client_secret=s%26cret+canary%3A%25", asked.Form());
        Assert.DoesNotContain("authorization", asked.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal("Bearer token-1", (await _receiver.NextAsync()).Headers["authorization"]);
    }

    [Fact]
    public async Task Many_deliveries_at_once_ask_for_one_token()
    {
        const int Count = 20;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _tokens.Answer(async context =>
        {
            await gate.Task;
            await context.Response.WriteAsync("""{"access_token":"shared","token_type":"bearer","expires_in":60}""");
        });
        await AddAsync(change: static endpoint => endpoint with { Concurrency = Count });
        for (var index = 0; index < Count; index++)
            await _node.SendAsync();
        await _tokens.NextAsync();
        await Eventually.BecomesAsync(() => Task.FromResult(_node.Services.GetRequiredService<Dispatcher>().Depth), static depth => depth == 0);

        gate.SetResult();

        Assert.All(await _receiver.NextAsync(Count), static request => Assert.Equal("Bearer shared", request.Headers["authorization"]));
        Assert.Equal(0, _tokens.Waiting);
    }

    [Theory]
    [InlineData("3600", 3570)]
    [InlineData("\"3600\"", 3570)]
    [InlineData("60", 45)]
    [InlineData("1e99", 86370)]
    [InlineData(null, 270)]
    [InlineData("\"soon\"", 270)]
    public async Task A_token_is_used_until_shortly_before_it_expires(string? lifetime, int seconds)
    {
        _tokens.GiveTokens(lifetime);
        var endpoint = await AddAsync();
        Assert.Equal("Bearer token-1", await DeliverAsync(endpoint));

        _node.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal("Bearer token-1", await DeliverAsync(endpoint));
        _node.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer token-2", await DeliverAsync(endpoint));
    }

    [Fact]
    public async Task A_token_that_is_not_taken_is_renewed_and_the_attempt_goes_on()
    {
        var endpoint = await AddAsync();
        _receiver.Answer(static context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization == "Bearer token-1" ? 401 : 204;
            return Task.CompletedTask;
        });

        var receipt = await _node.SendAsync();

        var delivery = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Equal((1, 204), (delivery.Attempts, delivery.LastStatus));
        var received = await _receiver.NextAsync(2);
        Assert.Equal((receipt.Id, receipt.Id), (received[0].Id, received[1].Id));
        Assert.Equal("Bearer token-2", await DeliverAsync(endpoint));
        Assert.Equal(2, _tokens.Waiting);
    }

    [Fact]
    public async Task A_receiver_that_takes_no_token_is_asked_twice_and_the_attempt_counts()
    {
        var endpoint = await AddAsync();
        _receiver.Answer(401);

        var receipt = await _node.SendAsync();

        var waiting = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Assert.Equal((1, 401, DeliveryError.Status), (waiting.Attempts, waiting.LastStatus, waiting.LastError));
        Assert.Equal((2, 2), (_receiver.Waiting, _tokens.Waiting));
    }

    [Fact]
    public async Task Without_a_new_token_after_a_401_both_are_said()
    {
        var endpoint = await AddAsync();
        _receiver.Answer(context =>
        {
            _tokens.Answer(503);
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });

        var exchange = await FailAsync(endpoint);

        Assert.Equal("the receiver answered 401; no access token from 127.0.0.1: it answered 503", exchange.Detail);
    }

    [Theory]
    [InlineData(500, "down", "it answered 500")]
    [InlineData(401, """{"error":"invalid_client","error_description":"unknown\r\nclient"}""", "it answered 401: invalid_client: unknown??client")]
    [InlineData(200, "<html>", "its answer is not JSON")]
    [InlineData(200, "[]", "its answer has no access_token")]
    [InlineData(200, """{"access_token":7}""", "its answer has no access_token")]
    [InlineData(200, """{"access_token":"a\r\nX: b"}""", "its access_token is not printable ASCII of 8192 characters at most")]
    [InlineData(200, """{"access_token":"abc","token_type":"mac"}""", "its token_type is not Bearer")]
    public async Task A_tokens_server_that_gives_none_fails_the_delivery_and_shows_why(int status, string body, string why)
    {
        var endpoint = await AddAsync();
        _tokens.Answer(status, body);

        var exchange = await FailAsync(endpoint);

        Assert.Equal(($"no access token from 127.0.0.1: {why}", _tokens.Url), (exchange.Detail, exchange.Url));
        Assert.Equal(status == 200 ? null : body, exchange.ResponseBody);
    }

    [Fact]
    public async Task A_token_larger_than_it_may_be_is_not_read()
    {
        var endpoint = await AddAsync();
        _tokens.Answer(200, $$"""{"access_token":"abc","padding":"{{new string('x', 20_000)}}"}""");

        Assert.EndsWith("its answer is larger than 16 KiB", (await FailAsync(endpoint)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tokens_server_that_does_not_answer_is_not_waited_for()
    {
        var never = new TaskCompletionSource();
        _tokens.Answer(_ => never.Task);
        var endpoint = await AddAsync();
        var receipt = await _node.SendAsync();
        await _tokens.NextAsync();

        _node.Time.Advance(TimeSpan.FromSeconds(10));

        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        var attempt = (await _node.AttemptsAsync(receipt.Id, endpoint)).Single();
        Assert.Equal((DeliveryError.Authentication, "no access token from 127.0.0.1: no complete answer within 10 s"), (attempt.Error, attempt.Exchange!.Detail));
        Assert.Equal(10, attempt.Duration.TotalSeconds);
        never.SetResult();
    }

    [Fact]
    public async Task A_redirect_of_a_tokens_server_is_not_followed()
    {
        await using var elsewhere = await Receiver.StartAsync();
        var endpoint = await AddAsync();
        _tokens.Answer(307, ("Location", elsewhere.Url));

        Assert.EndsWith("it answered 307", (await FailAsync(endpoint)).Detail, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Waiting);
    }

    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("rebound.example")]
    [InlineData("[::ffff:127.0.0.2]")]
    public async Task A_tokens_server_at_an_address_that_is_refused_is_never_reached(string host)
    {
        using var canary = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        canary.Start();
        var endpoint = await AddAsync(client => client with { TokenUrl = $"http://{host}:{((IPEndPoint)canary.LocalEndpoint).Port}/token" });

        Assert.EndsWith("blocked: 127.0.0.2 is loopback", (await FailAsync(endpoint)).Detail!.Replace("::ffff:", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.False(canary.Pending());
    }

    [Fact]
    public async Task A_tokens_server_that_is_not_there_fails_the_delivery()
    {
        var endpoint = await AddAsync();
        await _tokens.DisposeAsync();

        Assert.StartsWith("no access token from 127.0.0.1: ", (await FailAsync(endpoint)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_secret_is_shown_or_logged_though_everybody_repeats_it()
    {
        var endpoint = await AddAsync(static client => client with { InBody = true });
        _tokens.Answer(async context =>
        {
            context.Response.StatusCode = 400;
            context.Response.Headers["X-Echo"] = "s%26cret+canary%3A%25";
            await context.Response.WriteAsync("wrong secret " + Secret + ", sent as s%26cret+canary%3A%25");
        });
        var failed = await FailAsync(endpoint);
        _tokens.GiveTokens();
        _receiver.Answer(static context =>
        {
            context.Response.Headers["X-Echo"] = context.Request.Headers.Authorization;
            return context.Response.WriteAsync("you sent " + context.Request.Headers.Authorization);
        });
        var receipt = await _node.SendAsync();
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        var succeeded = (await _node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!;

        Assert.Equal("wrong secret ***, sent as ***", failed.ResponseBody);
        Assert.Contains(new("X-Echo", "***"), failed.ResponseHeaders);
        Assert.Equal("you sent Bearer ***", succeeded.ResponseBody);
        Assert.Contains(new("X-Echo", "Bearer ***"), succeeded.ResponseHeaders);
        Assert.NotEmpty(_logs.Lines);
        Assert.DoesNotContain(_logs.Lines, static line => line.Contains("canary", StringComparison.Ordinal) || line.Contains("token-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_endpoint_gets_a_token_of_its_new_settings()
    {
        var endpoint = await AddAsync();
        Assert.Equal("Bearer token-1", await DeliverAsync(endpoint));
        await _tokens.NextAsync();

        await _node.Store.ReplaceAsync((With(endpoint, client => client with { ClientId = "bob" }) with { Revision = 2 }).ToResource());
        _node.Services.GetRequiredService<WebhookCatalog>().Forget(_node.Application);

        Assert.Equal("Bearer token-2", await DeliverAsync(endpoint));
        Assert.StartsWith("Basic " + Convert.ToBase64String("bob"u8), (await _tokens.NextAsync()).Headers["authorization"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_endpoints_authorities_count_for_its_tokens_server_where_that_is_wanted(bool isWanted)
    {
        using var authority = new TestAuthority();
        await using var tokens = await Receiver.StartAsync(https =>
        {
            https.ServerCertificate = authority.ForServer();
            https.ServerCertificateChain = [authority.Intermediate];
        });
        tokens.GiveTokens();
        var endpoint = await AddAsync(
            client => client with { TokenUrl = tokens.Url, UsesEndpointTls = isWanted },
            endpoint => endpoint with { CertificateAuthorities = new CertificateAuthorities { Certificates = authority.Root, Summaries = [] } });

        if (isWanted)
            Assert.Equal("Bearer token-1", await DeliverAsync(endpoint));
        else
            Assert.StartsWith("no access token from 127.0.0.1: ", (await FailAsync(endpoint)).Detail, StringComparison.Ordinal);
    }

    private Task<Endpoint> AddAsync(Func<Oauth2Client, Oauth2Client>? configure = null, Func<Endpoint, Endpoint>? change = null) =>
        _node.AddEndpointAsync(_receiver, endpoint =>
        {
            var client = new Oauth2Client { TokenUrl = _tokens.Url, ClientId = "ann:acme" };
            endpoint = endpoint with
            {
                Authentication = new EndpointAuthentication { Kind = AuthenticationKind.Oauth2, ProtectedSecret = Hide(Secret), Client = client },
            };
            endpoint = configure is null ? endpoint : With(endpoint, configure);
            return change?.Invoke(endpoint) ?? endpoint;
        });

    private static Endpoint With(Endpoint endpoint, Func<Oauth2Client, Oauth2Client> change) =>
        endpoint with { Authentication = endpoint.Authentication! with { Client = change(endpoint.Authentication.Client!) } };

    private string Hide(string secret) => _node.Services.GetRequiredService<ISecretProtector>().Protect(secret);

    /// <returns>The authorization that the receiver got last.</returns>
    private async Task<string> DeliverAsync(Endpoint endpoint)
    {
        while (_receiver.Waiting > 0)
            await _receiver.NextAsync();
        var receipt = await _node.SendAsync();
        var received = await _receiver.NextAsync();
        // Time must not pass while it is under way.
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        return received.Headers["authorization"];
    }

    /// <summary>Sends, and sees it fail for want of a token.</summary>
    private async Task<Exchange> FailAsync(Endpoint endpoint)
    {
        var receipt = await _node.SendAsync();
        var waiting = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Assert.Equal((1, DeliveryError.Authentication, null), (waiting.Attempts, waiting.LastError, waiting.LastStatus));
        var exchange = (await _node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!;
        Assert.DoesNotContain("canary", exchange.ToString() + string.Join('\n', exchange.RequestHeaders.Concat(exchange.ResponseHeaders)), StringComparison.Ordinal);
        return exchange;
    }

    private sealed class Resolver : IHostResolver
    {
        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.2")]);
    }

    private sealed class LogKeeper : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add(formatter(state, exception) + exception);
        }

        public void Dispose()
        {
        }
    }
}
