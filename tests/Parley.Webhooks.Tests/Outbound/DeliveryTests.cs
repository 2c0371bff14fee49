using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Signing;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Tests.Outbound;

public sealed partial class DeliveryTests : IAsyncLifetime
{
    private WebhookNode _node = null!;
    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await WebhookNode.StartAsync();
        _receiver = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_message_reaches_its_endpoint_at_once_signed_and_is_recorded()
    {
        var key = WebhookKey.CreateSecret();
        var endpoint = await _node.AddEndpointAsync(_receiver, secret: key.Export());

        var receipt = await _node.SendAsync("""{"amount": 700, "name":"Ünal"}""");

        var request = await _receiver.NextAsync();
        Assert.Equal(("POST", "/hooks", receipt.Id), (request.Method, request.Target, request.Id));
        Assert.Equal("""{"amount": 700, "name":"Ünal"}""", Encoding.UTF8.GetString(request.Body));
        Assert.Equal("application/json", request.Headers["content-type"]);
        Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier([key], time: _node.Time)
            .Verify(request.Id, request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], request.Body));
        Assert.DoesNotContain("traceparent", request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain("cookie", request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        var delivery = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Equal((1, 204), (delivery.Attempts, delivery.LastStatus));
        var attempt = Assert.Single(await _node.AttemptsAsync(receipt.Id, endpoint));
        Assert.Equal(_receiver.Url, attempt.Exchange?.Url);
    }

    [Fact]
    public async Task An_endpoint_with_plain_HTTP_that_was_made_before_it_was_forbidden_gets_nothing_and_is_told_why()
    {
        await using var node = await WebhookNode.StartAsync(static options => options.HttpsOnly = true);
        var endpoint = await node.AddEndpointAsync(_receiver);

        var receipt = await node.SendAsync();

        var delivery = await node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Assert.Equal(DeliveryError.Blocked, delivery.LastError);
        Assert.Contains("https://", Assert.Single(await node.AttemptsAsync(receipt.Id, endpoint)).Exchange!.Detail);
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task Only_endpoints_that_want_the_event_get_it()
    {
        await using var other = await Receiver.StartAsync();
        await _node.AddEndpointAsync(other, static endpoint => endpoint with { EventTypes = ["invoice.*"] });
        await _node.AddEndpointAsync(other, static endpoint => endpoint with { Channels = ["us"] });
        await _node.AddEndpointAsync(other, static endpoint => endpoint with { State = EndpointState.Disabled });
        await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { EventTypes = ["order.*"], Channels = ["eu"] });

        await _node.SendAsync(change: static message => message with { Channels = ["eu", "de"] });

        await _receiver.NextAsync();
        Assert.Equal(0, other.Waiting);
    }

    [Fact]
    public async Task A_failed_delivery_is_tried_again_by_its_schedule_with_the_same_id_and_a_new_timestamp()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [5, 300] });
        _receiver.Answer(500);
        var receipt = await _node.SendAsync();
        var first = await _receiver.NextAsync();
        var waiting = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Assert.InRange((waiting.DueAt!.Value - _node.Time.GetUtcNow()).TotalSeconds, 4.5, 5.5);

        _node.Time.Advance(TimeSpan.FromSeconds(6));
        var second = await _receiver.NextAsync();
        var again = await Eventually.BecomesAsync(
            async () => (await _node.Store.ReadDeliveryAsync(waiting.Key))!, static delivery => delivery is { State: DeliveryState.Waiting, Attempts: 2 });
        Assert.InRange((again.DueAt!.Value - _node.Time.GetUtcNow()).TotalSeconds, 270, 330);
        _receiver.Answer(200);
        _node.Time.Advance(TimeSpan.FromSeconds(331));
        var third = await _receiver.NextAsync();

        Assert.Equal([receipt.Id, receipt.Id, receipt.Id], [first.Id, second.Id, third.Id]);
        Assert.NotEqual(first.Headers["webhook-timestamp"], second.Headers["webhook-timestamp"]);
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Equal([(3, null), (2, 500), (1, 500)],
            (await _node.AttemptsAsync(receipt.Id, endpoint)).Select(static attempt => (attempt.Number, attempt.Error is null ? null : attempt.Status)));
    }

    [Fact]
    public async Task When_the_schedule_is_used_up_it_is_a_dead_letter()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [1] });
        _receiver.Answer(500);
        var receipt = await _node.SendAsync();
        await _receiver.NextAsync();
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        _node.Time.Advance(TimeSpan.FromSeconds(2));

        var failed = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Failed);

        Assert.Equal((2, 500, DeliveryError.Status, null), (failed.Attempts, failed.LastStatus, failed.LastError, failed.DueAt));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_a_failure_and_is_not_followed(int status)
    {
        await using var elsewhere = await Receiver.StartAsync();
        var endpoint = await _node.AddEndpointAsync(_receiver);
        _receiver.Answer(status, ("Location", elsewhere.Url));
        var receipt = await _node.SendAsync();

        var waiting = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);

        Assert.Equal((status, DeliveryError.Status), (waiting.LastStatus, waiting.LastError));
        Assert.Equal(0, elsewhere.Waiting);
    }

    [Theory]
    [InlineData(410, "", nameof(DisabledReason.Gone))]
    [InlineData(200, "disable", nameof(DisabledReason.ReceiverRefused))]
    [InlineData(500, "disable", nameof(DisabledReason.ReceiverRefused))]
    public async Task A_receiver_that_wants_no_more_is_sent_no_more(int status, string directive, string reason)
    {
        var endpoint = await _node.AddEndpointAsync(_receiver);
        _receiver.Answer(status, ("webhook-delivery", directive));
        await _node.SendAsync();
        await _receiver.NextAsync();

        var disabled = await Eventually.BecomesAsync(
            async () => (await _node.Services.GetRequiredService<WebhookCatalog>().FindEndpointAsync(_node.Application, endpoint.Id))!,
            static endpoint => endpoint.State is EndpointState.Disabled);

        Assert.Equal(reason, disabled.DisabledReason.ToString());
        var later = await _node.SendAsync();
        Assert.Null(await _node.Store.ReadDeliveryAsync(WebhookNode.Key(later.Id, endpoint)));
    }

    [Fact]
    public async Task A_receiver_that_does_not_want_a_message_is_not_sent_it_again()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver);
        _receiver.Answer(422, ("webhook-delivery", "abort-message"));
        var receipt = await _node.SendAsync();

        var failed = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Failed);

        Assert.Equal(DeliveryError.Aborted, failed.LastError);
    }

    [Fact]
    public async Task What_waits_for_an_endpoint_that_was_disabled_is_cancelled()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver);
        _receiver.Answer(500);
        var receipt = await _node.SendAsync();
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        _receiver.Answer(410);
        await _node.SendAsync();

        var cancelled = await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Cancelled);

        Assert.Equal(DeliveryError.EndpointDisabled, cancelled.LastError);
    }

    [Fact]
    public async Task A_message_is_not_sent_before_its_time_and_not_after()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [5, 300, 3600] });
        _receiver.Answer(500);
        var receipt = await _node.SendAsync(change: message => message with
        {
            DeliverAt = _node.Time.GetUtcNow().AddMinutes(10),
            ExpiresAt = _node.Time.GetUtcNow().AddMinutes(14),
        });
        _node.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(0, _receiver.Waiting);

        _node.Time.Advance(TimeSpan.FromMinutes(1));
        await _receiver.NextAsync();
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        _node.Time.Advance(TimeSpan.FromSeconds(6));
        await _receiver.NextAsync();

        Assert.Equal(DeliveryError.Expired, (await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Cancelled)).LastError);
    }

    [Fact]
    public async Task Credentials_and_headers_go_along_and_are_not_shown()
    {
        string Hide(string secret) => _node.Services.GetRequiredService<ISecretProtector>().Protect(secret);
        var endpoint = await _node.AddEndpointAsync(_receiver, endpoint => endpoint with
        {
            Method = "PUT",
            Signature = SignatureStyle.StandardAndSvix,
            ProtectedHeaders = new Dictionary<string, string> { ["X-Canary"] = Hide("canary-header") },
            Authentication = new EndpointAuthentication { Kind = AuthenticationKind.Basic, User = "ann", ProtectedSecret = Hide("canary-password") },
        });

        var receipt = await _node.SendAsync();

        var request = await _receiver.NextAsync();
        Assert.Equal(("PUT", "canary-header", "Basic " + Convert.ToBase64String("ann:canary-password"u8)),
            (request.Method, request.Headers["x-canary"], request.Headers["authorization"]));
        Assert.Equal(request.Headers["webhook-signature"], request.Headers["svix-signature"]);
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        var shown = (await _node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!;
        Assert.Contains(new("X-Canary", "***"), shown.RequestHeaders);
        Assert.Contains(new("Authorization", "***"), shown.RequestHeaders);
    }

    [Fact]
    public async Task A_key_in_the_query_is_not_shown()
    {
        var protector = _node.Services.GetRequiredService<ISecretProtector>();
        var endpoint = await _node.AddEndpointAsync(_receiver, endpoint => endpoint with
        {
            Url = endpoint.Url + "?a=b",
            Authentication = new EndpointAuthentication
            {
                Kind = AuthenticationKind.ApiKey,
                Name = "key",
                InQuery = true,
                ProtectedSecret = protector.Protect("c&nary"),
            },
        });

        var receipt = await _node.SendAsync();

        Assert.Equal("/hooks?a=b&key=c%26nary", (await _receiver.NextAsync()).Target);
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.EndsWith("?a=b&key=***", (await _node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_in_the_query_is_signed_and_in_no_header()
    {
        const string Secret = "shared";
        var protector = _node.Services.GetRequiredService<ISecretProtector>();
        var endpoint = await _node.AddEndpointAsync(
            _receiver,
            endpoint => endpoint with
            {
                Signature = SignatureStyle.Scheme,
                Scheme = new SignatureScheme { Header = "X-Signature", Content = "{url}|{body}", Prefix = "u={url},", Headers = new Dictionary<string, string> { ["X-Url"] = "{method} {url}" } },
                Authentication = new EndpointAuthentication
                {
                    Kind = AuthenticationKind.ApiKey,
                    Name = "key",
                    InQuery = true,
                    ProtectedSecret = protector.Protect("canary"),
                },
            },
            Secret);

        var receipt = await _node.SendAsync();

        var request = await _receiver.NextAsync();
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.UTF8.GetBytes($"{endpoint.Url}?key=canary|"), .. request.Body]));
        Assert.Equal(("/hooks?key=canary", $"u={endpoint.Url}?key=***,{signature}", $"POST {endpoint.Url}?key=***"),
            (request.Target, request.Headers["x-signature"], request.Headers["x-url"]));
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        var exchange = (await _node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!;
        Assert.DoesNotContain("canary", exchange.Url + string.Concat(exchange.RequestHeaders.Select(static header => header.Value)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_secret_is_rotated_both_sign_and_afterwards_the_new_one()
    {
        var protector = _node.Services.GetRequiredService<ISecretProtector>();
        var (old, next) = (WebhookKey.CreateSecret(), WebhookKey.CreatePrivateKey());
        await _node.AddEndpointAsync(_receiver, endpoint => endpoint with
        {
            Secrets =
            [
                new EndpointSecret(protector.Protect(next.Export()), _node.Time.GetUtcNow()),
                new EndpointSecret(protector.Protect(old.Export()), _node.Time.GetUtcNow(), _node.Time.GetUtcNow().AddHours(1)),
            ],
        });

        await _node.SendAsync();
        var during = await _receiver.NextAsync();
        _node.Time.Advance(TimeSpan.FromHours(1));
        await _node.SendAsync();
        var after = await _receiver.NextAsync();

        Assert.Equal((WebhookVerdict.Valid, WebhookVerdict.Valid), (Verify(old, during), Verify(next.VerificationKey, during)));
        Assert.Equal((WebhookVerdict.InvalidSignature, WebhookVerdict.Valid), (Verify(old, after), Verify(next, after)));

        WebhookVerdict Verify(WebhookKey key, ReceivedRequest request) => new WebhookVerifier([key], TimeSpan.FromHours(1), _node.Time)
            .Verify(request.Id, request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], request.Body);
    }

    [Fact]
    public async Task What_was_accepted_and_not_delivered_is_delivered_after_a_restart()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver);
        using var reached = new SemaphoreSlim(0);
        var never = new TaskCompletionSource();
        _receiver.Answer(_ =>
        {
            reached.Release();
            return never.Task;
        });
        var receipt = await _node.SendAsync();
        await reached.WaitAsync();
        await _receiver.NextAsync();

        _receiver.Answer(200);
        _node = await _node.RestartAsync();

        Assert.Equal(receipt.Id, (await _receiver.NextAsync()).Id);
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Equal([(2, null), (1, DeliveryError.Interrupted)],
            (await _node.AttemptsAsync(receipt.Id, endpoint)).Select(static attempt => (attempt.Number, attempt.Error)));
        never.SetResult();
    }
}
