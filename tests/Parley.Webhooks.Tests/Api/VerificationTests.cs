using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Transformations;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Tests.Api;

public sealed class VerificationTests : IAsyncLifetime
{
    private readonly ScriptedTransformer _transformer = new();
    private ApiHost _host = null!;
    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(
            static options => options.RequestOrigin = "hooks.example.com", services => services.AddSingleton<ITransformer>(_transformer));
        _receiver = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Where_consent_is_required_a_new_endpoint_gets_nothing_until_its_receiver_has_answered_the_challenge()
    {
        var key = WebhookKey.CreateSecret();
        var path = await NewEndpointAsync("challenge", $"\"secret\":\"{key.Export()}\"");
        Assert.Equal("pending", await StateAsync(path));
        var before = await SendAsync(path);
        Assert.Equal(0, (await _host.CallAsync("GET", $"{before}/deliveries")).Body.GetProperty("data").GetArrayLength());
        _receiver.Answer(static context => context.Response.WriteAsync(Challenge(context)));

        var verified = await _host.CallAsync("POST", path + "/verify", "{}");

        var asked = await _receiver.NextAsync();
        Assert.Equal(("True", "active", "challenge", null), (verified["verified"], verified["state"], verified["method"], verified["detail"]));
        Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier([key])
            .Verify(asked.Id, asked.Headers["webhook-timestamp"], asked.Headers["webhook-signature"], asked.Body));
        Assert.Equal("endpoint.verification", JsonElement.Parse(asked.Body).GetProperty("type").GetString());
        var shown = (await _host.CallAsync("GET", path)).Body.GetProperty("verification");
        Assert.Equal(("challenge", new Uri(_receiver.Url).GetLeftPart(UriPartial.Authority)), (shown.GetProperty("method").GetString(), shown.GetProperty("origin").GetString()));
        var after = await SendAsync(path);
        Assert.Equal(after.Split('/')[^1], (await _receiver.NextAsync()).Id);
        Assert.Equal(0, _receiver.Waiting);
    }

    [Theory]
    [InlineData("text", true)]
    [InlineData("text with space around", true)]
    [InlineData("json", true)]
    [InlineData("another", false)]
    [InlineData("nothing", false)]
    [InlineData("more json", false)]
    [InlineData("echo", false)]
    [InlineData("500", false)]
    [InlineData("redirect", false)]
    [InlineData("far too much", false)]
    [InlineData("half a surrogate", false)]
    public async Task Only_the_challenge_itself_proves_it(string answer, bool isVerified)
    {
        var path = await NewEndpointAsync("challenge");
        _receiver.Answer(async context =>
        {
            var challenge = Challenge(context);
            context.Response.StatusCode = answer is "500" ? 500 : answer is "redirect" ? 302 : 200;
            await context.Response.WriteAsync(answer switch
            {
                "text" or "500" or "redirect" => challenge,
                "text with space around" => challenge + "\r\n",
                "json" => $$"""{ "challenge": "{{challenge}}" }""",
                "another" => new string('A', challenge.Length),
                "more json" => $$"""{"challenge":"{{challenge}}","ok":true}""",
                "echo" => Encoding.UTF8.GetString(Receiver.BodyOf(context)),
                "far too much" => challenge + new string(' ', 20_000),
                "half a surrogate" => """{"challenge":"\ud800"}""",
                _ => "",
            });
        });

        var reply = await _host.CallAsync("POST", path + "/verify", "{}");

        Assert.Equal((HttpStatusCode.OK, isVerified, isVerified ? "active" : "pending", isVerified),
            (reply.Status, reply.Body.GetProperty("verified").GetBoolean(), await StateAsync(path), reply["detail"] is null));
    }

    [Fact]
    public async Task A_signed_ping_asks_for_no_more_than_an_answer()
    {
        var path = await NewEndpointAsync("ping", "\"method\":\"PUT\"");
        _receiver.Answer(401);
        Assert.Equal("the receiver answered 401, not 2xx", (await _host.CallAsync("POST", path + "/verify", "{}"))["detail"]);
        _receiver.Answer(204);

        Assert.Equal("active", (await _host.CallAsync("POST", path + "/verify", """{"method":"ping"}"""))["state"]);

        var request = (await _receiver.NextAsync(2))[1];
        Assert.Equal(("PUT", "parley.ping"), (request.Method, JsonElement.Parse(request.Body).GetProperty("type").GetString()));
        Assert.Contains("webhook-signature", request.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("hooks.example.com", "120", 120)]
    [InlineData("HOOKS.example.com", "*", null)]
    [InlineData("*", null, null)]
    public async Task CloudEvents_consent_is_a_header_of_the_answer_to_OPTIONS(string origin, string? rate, int? allowed)
    {
        var path = await NewEndpointAsync("cloudEvents", "\"rateLimit\":5");
        _receiver.Answer(200, [("WebHook-Allowed-Origin", origin), .. rate is null ? Array.Empty<(string, string)>() : [("WebHook-Allowed-Rate", rate)]]);

        Assert.Equal("active", (await _host.CallAsync("POST", path + "/verify", "{}"))["state"]);

        var asked = await _receiver.NextAsync();
        Assert.Equal(("OPTIONS", "hooks.example.com", "300", 0), (asked.Method, asked.Headers["webhook-request-origin"], asked.Headers["webhook-request-rate"], asked.Body.Length));
        var shown = (await _host.CallAsync("GET", path)).Body.GetProperty("verification");
        Assert.Equal(allowed, shown.TryGetProperty("allowedRate", out var number) ? number.GetInt32() : null);
        await SendAsync(path);
        Assert.Equal("hooks.example.com", (await _receiver.NextAsync()).Headers["webhook-request-origin"]);
    }

    [Theory]
    [InlineData(200, null, null)]
    [InlineData(200, "other.example.com", null)]
    [InlineData(200, "hooks.example.com", "0")]
    [InlineData(200, "hooks.example.com", "many")]
    [InlineData(405, "hooks.example.com", "10")]
    public async Task A_status_alone_or_another_origin_is_no_consent(int status, string? origin, string? rate)
    {
        var path = await NewEndpointAsync("cloudEvents");
        _receiver.Answer(status, [.. new[] { ("WebHook-Allowed-Origin", origin), ("WebHook-Allowed-Rate", rate) }.Where(static header => header.Item2 is not null).Select(static header => (header.Item1, header.Item2!))]);

        var reply = await _host.CallAsync("POST", path + "/verify", "{}");

        Assert.Equal(("False", "pending", "pending"), (reply["verified"], reply["state"], await StateAsync(path)));
        Assert.NotNull(reply["detail"]);
    }

    [Fact]
    public async Task A_proof_holds_for_an_origin_and_another_has_to_consent_anew()
    {
        await using var other = await Receiver.StartAsync();
        var path = await NewEndpointAsync("ping");
        await _host.CallAsync("POST", path + "/verify", "{}");
        Assert.Equal("active", (await _host.CallAsync("PATCH", path, $$"""{"url":"{{_receiver.Url}}/deeper?a=b"}"""))["state"]);
        Assert.Equal("disabled", (await _host.CallAsync("PATCH", path, """{"disabled":true}"""))["state"]);
        Assert.Equal("active", (await _host.CallAsync("PATCH", path, """{"disabled":false}"""))["state"]);

        var moved = await _host.CallAsync("PATCH", path, $$"""{"url":"{{other.Url}}"}""");

        Assert.Equal(("pending", null), (moved["state"], moved["verification"]));
        Assert.Equal("pending", (await _host.CallAsync("PATCH", path, """{"disabled":false}"""))["state"]);
        Assert.Equal("disabled", (await _host.CallAsync("PATCH", path, """{"disabled":true}"""))["state"]);
        Assert.Equal("pending", (await _host.CallAsync("PATCH", path, """{"disabled":false}"""))["state"]);
        await SendAsync(path);
        Assert.Equal("endpoint_pending", (await _host.CallAsync("POST", path + "/test", "{}"))["code"]);
        Assert.Equal(0, other.Waiting);
        Assert.Equal("active", (await _host.CallAsync("POST", path + "/verify", "{}"))["state"]);
    }

    [Fact]
    public async Task What_waits_when_an_endpoint_moves_is_cancelled_and_can_be_sent_again()
    {
        await using var other = await Receiver.StartAsync();
        var path = await NewEndpointAsync("ping");
        await _host.CallAsync("POST", path + "/verify", "{}");
        _receiver.Answer(500);
        var message = await SendAsync(path);
        var deliveries = await Parley.Testing.Eventually.BecomesAsync(() => _host.CallAsync("GET", $"{message}/deliveries"), static reply => Delivery(reply, "state") == "waiting");

        await _host.CallAsync("PATCH", path, $$"""{"url":"{{other.Url}}"}""");

        await Parley.Testing.Eventually.BecomesAsync(
            () => _host.CallAsync("GET", $"{message}/deliveries"), static reply => (Delivery(reply, "state"), Delivery(reply, "lastError")) == ("cancelled", "endpointPending"));
        var retry = $"{ApplicationOf(path)}/deliveries/{Delivery(deliveries, "id")}/retry";
        Assert.Equal("endpoint_pending", (await _host.CallAsync("POST", retry, "{}"))["code"]);
        await _host.CallAsync("POST", path + "/verify", "{}");
        await other.NextAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await _host.CallAsync("POST", retry, "{}")).Status);
        Assert.Equal(message.Split('/')[^1], (await other.NextAsync()).Id);
    }

    [Fact]
    public async Task A_script_cannot_lead_to_where_nobody_has_consented()
    {
        await using var other = await Receiver.StartAsync();
        var path = await NewEndpointAsync("ping", "\"transformation\":\"script\"");
        await _host.CallAsync("POST", path + "/verify", "{}");
        await _receiver.NextAsync();
        _transformer.Result = new TransformationResult.Changed(other.Url, "POST", new Dictionary<string, string>(), "{}"u8.ToArray(), IsRawBody: false);

        var elsewhere = await _host.CallAsync("POST", path + "/test", "{}");
        _transformer.Result = new TransformationResult.Changed(_receiver.Url + "/deeper", "POST", new Dictionary<string, string>(), "{}"u8.ToArray(), IsRawBody: false);
        var deeper = await _host.CallAsync("POST", path + "/test", "{}");

        Assert.Equal(("failed", "transformation"), (elsewhere["outcome"], elsewhere["error"]));
        Assert.Equal(0, other.Waiting);
        Assert.Equal("succeeded", deeper["outcome"]);
    }

    [Fact]
    public async Task Only_an_operator_says_what_is_required_and_whoever_verifies_keeps_to_it()
    {
        var path = await NewEndpointAsync("challenge");
        var application = ApplicationOf(path);
        var key = (await _host.CallAsync("POST", application + "/keys", "{}"))["key"];

        Assert.Equal(HttpStatusCode.Forbidden, (await _host.CallAsync("PATCH", application, """{"verification":"none"}""", key)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _host.CallAsync("POST", path + "/verify", """{"method":"ping"}""", key)).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _host.CallAsync("POST", path + "/verify", """{"method":"none"}""", key)).Status);
        Assert.Equal("pending", (await _host.CallAsync("PATCH", path, """{"disabled":false}""", key))["state"]);
        var made = await _host.CallAsync("POST", application + "/endpoints", $$"""{"url":"{{_receiver.Url}}","disabled":false}""", key);
        Assert.Equal("pending", made["state"]);
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task Endpoints_from_before_the_requirement_go_on_and_pending_ones_become_active_without_it()
    {
        var path = await NewEndpointAsync("none");
        var application = ApplicationOf(path);
        await _host.CallAsync("PATCH", application, """{"verification":"challenge"}""");
        Assert.Equal("active", (await _host.CallAsync("PATCH", path, """{"description":"x"}"""))["state"]);
        Assert.Equal("pending", (await _host.CallAsync("PATCH", path, """{"url":"https://example.com/"}"""))["state"]);

        var changed = await _host.CallAsync("PATCH", application, """{"verification":"none"}""");

        Assert.Equal("none", changed["verification"]);
        Assert.Equal("active", await StateAsync(path));
    }

    [Fact]
    public async Task Without_a_requirement_an_endpoint_may_be_verified_all_the_same()
    {
        var path = await NewEndpointAsync("none");
        _receiver.Answer(static context => context.Response.WriteAsync(Challenge(context)));

        Assert.Equal(("challenge", "True", "active"), await VerifyAsync("{}"));
        _receiver.Answer(204);
        Assert.Equal(("ping", "True", "active"), await VerifyAsync("""{"method":"ping"}"""));

        async Task<(string?, string?, string?)> VerifyAsync(string body)
        {
            var reply = await _host.CallAsync("POST", path + "/verify", body);
            return (reply["method"], reply["verified"], reply["state"]);
        }
    }

    [Theory]
    [InlineData("challenge")]
    [InlineData("ping")]
    [InlineData("cloudEvents")]
    public async Task The_places_of_a_URL_are_filled_for_the_one_who_is_asked(string method)
    {
        var application = (await _host.CallAsync("POST", "applications", $$"""{"verification":"{{method}}"}"""))["id"];
        var made = await _host.CallAsync("POST", $"applications/{application}/endpoints",
            $$"""{"url":"{{_receiver.Url}}/orders/{payload.order.id}/{uid}?type={eventType}&n={payload.list.0}"}""");
        var path = $"applications/{application}/endpoints/{made["id"]}/verify";
        _receiver.Answer(async context =>
        {
            context.Response.Headers["WebHook-Allowed-Origin"] = "*";
            if (method is "challenge")
                await context.Response.WriteAsync(Challenge(context));
        });
        var type = method is "ping" ? "parley.ping" : "endpoint.verification";

        Assert.Equal("True", (await _host.CallAsync("POST", path, "{}"))["verified"]);
        Assert.Equal($"/hooks/orders/0/0?type={type}&n=0", (await _receiver.NextAsync()).Target);
        Assert.Equal("True", (await _host.CallAsync("POST", path, """{"payload":{"order":{"id":"a/b"},"list":[true]}}"""))["verified"]);
        Assert.Equal($"/hooks/orders/a%2Fb/0?type={type}&n=true", (await _receiver.NextAsync()).Target);

        foreach (var payload in new[] { """{"order":{"id":7}}""", """{"order":{"id":".."},"list":[1]}""", "7" })
        {
            var refused = await _host.CallAsync("POST", path, $$"""{"payload":{{payload}}}""");
            Assert.Equal((422, "/payload"), ((int)refused.Status, refused.Body.GetProperty("errors")[0].GetProperty("pointer").GetString()));
        }

        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task Without_a_name_of_its_own_the_server_cannot_ask_as_CloudEvents_does()
    {
        await using var host = await ApiHost.StartAsync();
        var path = await host.NewEndpointAsync(_receiver.Url);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.CallAsync("POST", path + "/verify", """{"method":"cloudEvents"}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.CallAsync("PATCH", ApplicationOf(path), """{"verification":"cloudEvents"}""")).Status);
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task An_endpoint_that_moved_while_it_was_asked_is_not_verified()
    {
        var path = await NewEndpointAsync("ping");
        _receiver.Answer(async context =>
        {
            await _host.CallAsync("PATCH", path, """{"url":"https://example.com/"}""");
            context.Response.StatusCode = 204;
        });

        Assert.Equal("endpoint_changed", (await _host.CallAsync("POST", path + "/verify", "{}"))["code"]);
        Assert.Equal("pending", await StateAsync(path));
    }

    [Theory]
    [InlineData("challenge")]
    [InlineData("ping")]
    [InlineData("cloudEvents")]
    public async Task Names_that_lead_where_no_request_may_go_are_not_asked(string method)
    {
        using var canary = new TcpListener(IPAddress.Loopback, 0);
        canary.Start();
        await using var host = await ApiHost.StartAsync(
            static options => (options.AllowPrivateNetworks, options.RequestOrigin) = ([], "hooks.example.com"),
            static services => services.AddSingleton<IHostResolver, RefusedAddresses.Resolver>());

        foreach (var name in RefusedAddresses.Names)
        {
            var path = await host.NewEndpointAsync($"http://{name}:{((IPEndPoint)canary.LocalEndpoint).Port}/");
            var reply = await host.CallAsync("POST", path + "/verify", $$"""{"method":"{{method}}"}""");
            Assert.Equal((name, "False", "blocked"), (name, reply["verified"], reply.Body.GetProperty("exchange").GetProperty("error").GetString()));
        }

        Assert.False(canary.Pending());
    }

    private static string Challenge(HttpContext context) => JsonElement.Parse(Receiver.BodyOf(context)).GetProperty("challenge").GetString()!;

    private static string ApplicationOf(string path) => string.Join('/', path.Split('/').Take(2));

    private static string? Delivery(ApiReply reply, string field) => reply.Body.GetProperty("data")[0].TryGetProperty(field, out var value) ? value.GetString() : null;

    private async Task<string> NewEndpointAsync(string verification, string? fields = null)
    {
        var application = (await _host.CallAsync("POST", "applications", $$"""{"verification":"{{verification}}"}"""))["id"];
        var made = await _host.CallAsync("POST", $"applications/{application}/endpoints", $$"""{"url":"{{_receiver.Url}}"{{(fields is null ? "" : "," + fields)}}}""");
        return $"applications/{application}/endpoints/{made["id"]}";
    }

    private async Task<string?> StateAsync(string path) => (await _host.CallAsync("GET", path))["state"];

    /// <returns>The path of the message.</returns>
    private async Task<string> SendAsync(string path)
    {
        var application = ApplicationOf(path);
        return $"{application}/messages/{(await _host.CallAsync("POST", application + "/messages", """{"eventType":"order.created","payload":{}}"""))["id"]}";
    }
}
