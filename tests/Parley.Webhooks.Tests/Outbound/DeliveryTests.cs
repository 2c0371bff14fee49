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

public sealed partial class DeliveryTests : NodeWithReceiver
{
    [Fact]
    public async Task A_message_reaches_its_endpoint_at_once_signed_and_is_recorded()
    {
        var key = WebhookKey.CreateSecret();
        var endpoint = await Node.AddEndpointAsync(Receiver, secret: key.Export());

        var receipt = await Node.SendAsync("""{"amount": 700, "name":"Ünal"}""");

        var request = await Receiver.NextAsync();
        Assert.Equal(("POST", "/hooks", receipt.Id), (request.Method, request.Target, request.Id));
        Assert.Equal("""{"amount": 700, "name":"Ünal"}""", Encoding.UTF8.GetString(request.Body));
        Assert.Equal("application/json", request.Headers["content-type"]);
        Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier([key], time: Node.Time)
            .Verify(request.Id, request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], request.Body));
        Assert.DoesNotContain("traceparent", request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain("cookie", request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        var delivery = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Equal((1, 204), (delivery.Attempts, delivery.LastStatus));
        var attempt = Assert.Single(await Node.AttemptsAsync(receipt.Id, endpoint));
        Assert.Equal(Receiver.Url, attempt.Exchange?.Url);
    }

    [Fact]
    public async Task An_endpoint_with_plain_HTTP_that_was_made_before_it_was_forbidden_gets_nothing_and_is_told_why()
    {
        await using var node = await WebhookNode.StartAsync(static options => options.HttpsOnly = true);
        var endpoint = await node.AddEndpointAsync(Receiver);

        var receipt = await node.SendAsync();

        var delivery = await node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Assert.Equal(DeliveryError.Blocked, delivery.LastError);
        Assert.Contains("https://", Assert.Single(await node.AttemptsAsync(receipt.Id, endpoint)).Exchange!.Detail);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Fact]
    public async Task Only_endpoints_that_want_the_event_get_it()
    {
        await using var other = await Receiver.StartAsync();
        await Node.AddEndpointAsync(other, static endpoint => endpoint with { EventTypes = ["invoice.*"] });
        await Node.AddEndpointAsync(other, static endpoint => endpoint with { Channels = ["us"] });
        await Node.AddEndpointAsync(other, static endpoint => endpoint with { State = EndpointState.Disabled });
        await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { EventTypes = ["order.*"], Channels = ["eu"] });

        await Node.SendAsync(change: static message => message with { Channels = ["eu", "de"] });

        await Receiver.NextAsync();
        Assert.Equal(0, other.Waiting);
    }

    [Fact]
    public async Task A_failed_delivery_is_tried_again_by_its_schedule_with_the_same_id_and_a_new_timestamp()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [5, 300] });
        Receiver.Answer(500);
        var receipt = await Node.SendAsync();
        var first = await Receiver.NextAsync();
        var waiting = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Assert.InRange((waiting.DueAt!.Value - Node.Time.GetUtcNow()).TotalSeconds, 4.5, 5.5);

        Node.Time.Advance(TimeSpan.FromSeconds(6));
        var second = await Receiver.NextAsync();
        var again = await Eventually.BecomesAsync(
            async () => (await Node.Store.ReadDeliveryAsync(waiting.Key))!, static delivery => delivery is { State: DeliveryState.Waiting, Attempts: 2 });
        Assert.InRange((again.DueAt!.Value - Node.Time.GetUtcNow()).TotalSeconds, 270, 330);
        Receiver.Answer(200);
        Node.Time.Advance(TimeSpan.FromSeconds(331));
        var third = await Receiver.NextAsync();

        Assert.Equal([receipt.Id, receipt.Id, receipt.Id], [first.Id, second.Id, third.Id]);
        Assert.NotEqual(first.Headers["webhook-timestamp"], second.Headers["webhook-timestamp"]);
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Equal([(3, null), (2, 500), (1, 500)],
            (await Node.AttemptsAsync(receipt.Id, endpoint)).Select(static attempt => (attempt.Number, attempt.Error is null ? null : attempt.Status)));
    }

    [Fact]
    public async Task When_the_schedule_is_used_up_it_is_a_dead_letter()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [1] });
        Receiver.Answer(500);
        var receipt = await Node.SendAsync();
        await Receiver.NextAsync();
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Node.Time.Advance(TimeSpan.FromSeconds(2));

        var failed = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Failed);

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
        var endpoint = await Node.AddEndpointAsync(Receiver);
        Receiver.Answer(status, ("Location", elsewhere.Url));
        var receipt = await Node.SendAsync();

        var waiting = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);

        Assert.Equal((status, DeliveryError.Status), (waiting.LastStatus, waiting.LastError));
        Assert.Equal(0, elsewhere.Waiting);
    }

    [Theory]
    [InlineData(410, "", nameof(DisabledReason.Gone))]
    [InlineData(200, "disable", nameof(DisabledReason.ReceiverRefused))]
    [InlineData(500, "disable", nameof(DisabledReason.ReceiverRefused))]
    public async Task A_receiver_that_wants_no_more_is_sent_no_more(int status, string directive, string reason)
    {
        var endpoint = await Node.AddEndpointAsync(Receiver);
        Receiver.Answer(status, ("webhook-delivery", directive));
        await Node.SendAsync();
        await Receiver.NextAsync();

        var disabled = await Eventually.BecomesAsync(
            async () => (await Node.Services.GetRequiredService<WebhookCatalog>().FindEndpointAsync(Node.Application, endpoint.Id))!,
            static endpoint => endpoint.State is EndpointState.Disabled);

        Assert.Equal(reason, disabled.DisabledReason.ToString());
        var later = await Node.SendAsync();
        Assert.Null(await Node.Store.ReadDeliveryAsync(WebhookNode.Key(later.Id, endpoint)));
    }

    [Fact]
    public async Task A_receiver_that_does_not_want_a_message_is_not_sent_it_again()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver);
        Receiver.Answer(422, ("webhook-delivery", "abort-message"));
        var receipt = await Node.SendAsync();

        var failed = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Failed);

        Assert.Equal(DeliveryError.Aborted, failed.LastError);
    }

    [Fact]
    public async Task What_waits_for_an_endpoint_that_was_disabled_is_cancelled()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver);
        Receiver.Answer(500);
        var receipt = await Node.SendAsync();
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Receiver.Answer(410);
        await Node.SendAsync();

        var cancelled = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Cancelled);

        Assert.Equal(DeliveryError.EndpointDisabled, cancelled.LastError);
    }

    [Fact]
    public async Task A_message_is_not_sent_before_its_time_and_not_after()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { RetrySchedule = [5, 300, 3600] });
        Receiver.Answer(500);
        var receipt = await Node.SendAsync(change: message => message with
        {
            DeliverAt = Node.Time.GetUtcNow().AddMinutes(10),
            ExpiresAt = Node.Time.GetUtcNow().AddMinutes(14),
        });
        Node.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(0, Receiver.Waiting);

        Node.Time.Advance(TimeSpan.FromMinutes(1));
        await Receiver.NextAsync();
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Node.Time.Advance(TimeSpan.FromSeconds(6));
        await Receiver.NextAsync();

        Assert.Equal(DeliveryError.Expired, (await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Cancelled)).LastError);
    }

    [Fact]
    public async Task Credentials_and_headers_go_along_and_are_not_shown()
    {
        string Hide(string secret) => Node.Services.GetRequiredService<ISecretProtector>().Protect(secret);
        var endpoint = await Node.AddEndpointAsync(Receiver, endpoint => endpoint with
        {
            Method = "PUT",
            Signature = SignatureStyle.StandardAndSvix,
            ProtectedHeaders = new Dictionary<string, string> { ["X-Canary"] = Hide("canary-header") },
            Authentication = new EndpointAuthentication { Kind = AuthenticationKind.Basic, User = "ann", ProtectedSecret = Hide("canary-password") },
        });

        var receipt = await Node.SendAsync();

        var request = await Receiver.NextAsync();
        Assert.Equal(("PUT", "canary-header", "Basic " + Convert.ToBase64String("ann:canary-password"u8)),
            (request.Method, request.Headers["x-canary"], request.Headers["authorization"]));
        Assert.Equal(request.Headers["webhook-signature"], request.Headers["svix-signature"]);
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        var shown = (await Node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!;
        Assert.Contains(new("X-Canary", "***"), shown.RequestHeaders);
        Assert.Contains(new("Authorization", "***"), shown.RequestHeaders);
    }

    [Fact]
    public async Task A_key_in_the_query_is_not_shown()
    {
        var protector = Node.Services.GetRequiredService<ISecretProtector>();
        var endpoint = await Node.AddEndpointAsync(Receiver, endpoint => endpoint with
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

        var receipt = await Node.SendAsync();

        Assert.Equal("/hooks?a=b&key=c%26nary", (await Receiver.NextAsync()).Target);
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.EndsWith("?a=b&key=***", (await Node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_in_the_query_is_signed_and_in_no_header()
    {
        const string Secret = "shared";
        var protector = Node.Services.GetRequiredService<ISecretProtector>();
        var endpoint = await Node.AddEndpointAsync(
            Receiver,
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

        var receipt = await Node.SendAsync();

        var request = await Receiver.NextAsync();
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), (byte[])[.. Encoding.UTF8.GetBytes($"{endpoint.Url}?key=canary|"), .. request.Body]));
        Assert.Equal(("/hooks?key=canary", $"u={endpoint.Url}?key=***,{signature}", $"POST {endpoint.Url}?key=***"),
            (request.Target, request.Headers["x-signature"], request.Headers["x-url"]));
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        var exchange = (await Node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!;
        Assert.DoesNotContain("canary", exchange.Url + string.Concat(exchange.RequestHeaders.Select(static header => header.Value)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_secret_is_rotated_both_sign_and_afterwards_the_new_one()
    {
        var protector = Node.Services.GetRequiredService<ISecretProtector>();
        var (old, next) = (WebhookKey.CreateSecret(), WebhookKey.CreatePrivateKey());
        await Node.AddEndpointAsync(Receiver, endpoint => endpoint with
        {
            Secrets =
            [
                new EndpointSecret(protector.Protect(next.Export()), Node.Time.GetUtcNow()),
                new EndpointSecret(protector.Protect(old.Export()), Node.Time.GetUtcNow(), Node.Time.GetUtcNow().AddHours(1)),
            ],
        });

        await Node.SendAsync();
        var during = await Receiver.NextAsync();
        Node.Time.Advance(TimeSpan.FromHours(1));
        await Node.SendAsync();
        var after = await Receiver.NextAsync();

        Assert.Equal((WebhookVerdict.Valid, WebhookVerdict.Valid), (Verify(old, during), Verify(next.VerificationKey, during)));
        Assert.Equal((WebhookVerdict.InvalidSignature, WebhookVerdict.Valid), (Verify(old, after), Verify(next, after)));

        WebhookVerdict Verify(WebhookKey key, ReceivedRequest request) => new WebhookVerifier([key], TimeSpan.FromHours(1), Node.Time)
            .Verify(request.Id, request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], request.Body);
    }

    [Fact]
    public async Task What_was_accepted_and_not_delivered_is_delivered_after_a_restart()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver);
        using var reached = new SemaphoreSlim(0);
        var never = new TaskCompletionSource();
        Receiver.Answer(_ =>
        {
            reached.Release();
            return never.Task;
        });
        var receipt = await Node.SendAsync();
        await reached.WaitAsync();
        await Receiver.NextAsync();

        Receiver.Answer(200);
        Node = await Node.RestartAsync();

        Assert.Equal(receipt.Id, (await Receiver.NextAsync()).Id);
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Equal([(2, null), (1, DeliveryError.Interrupted)],
            (await Node.AttemptsAsync(receipt.Id, endpoint)).Select(static attempt => (attempt.Number, attempt.Error)));
        never.SetResult();
    }
}
