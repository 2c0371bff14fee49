using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Transformations;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Tests.Api;

public sealed class TestSendTests : IAsyncLifetime
{
    private readonly ScriptedTransformer _transformer = new();
    private ApiHost _host = null!;
    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(addServices: services => services.AddSingleton<ITransformer>(_transformer));
        _receiver = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_test_goes_out_as_a_delivery_would_and_is_answered_with_the_whole_exchange()
    {
        const string Canary = "canary-secret-value";
        var key = WebhookKey.CreateSecret();
        var path = await _host.NewEndpointAsync(_receiver.Url, $$$"""
            "method":"PUT","secret":"{{{key.Export()}}}","headers":{"X-Env":"{{{Canary}}}"},"authentication":{"kind":"bearer","token":"{{{Canary}}}"}
            """);
        _receiver.Answer(async context =>
        {
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Answer"] = "yes";
            await context.Response.WriteAsync(new string('x', 20_000));
        });

        var reply = await _host.CallAsync("POST", path + "/test", """{"eventType":"order.created","payload":{"amount": 700}}""");

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        var received = await _receiver.NextAsync();
        Assert.Equal(("PUT", """{"amount": 700}""", "true", Canary, "Bearer " + Canary, reply["id"]),
            (received.Method, Encoding.UTF8.GetString(received.Body), received.Headers["webhook-test"], received.Headers["x-env"],
                received.Headers["authorization"], received.Id));
        Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier([key])
            .Verify(received.Id, received.Headers["webhook-timestamp"], received.Headers["webhook-signature"], received.Body));
        var (request, response) = (reply.Body.GetProperty("request"), reply.Body.GetProperty("response"));
        Assert.Equal(("succeeded", "order.created", null, "PUT", _receiver.Url, """{"amount": 700}"""),
            (reply["outcome"], reply["eventType"], reply["error"], request.GetProperty("method").GetString(), request.GetProperty("url").GetString(),
                request.GetProperty("body").GetString()));
        Assert.Equal((received.Headers["webhook-signature"], "***", "***", "true"),
            (Header(request, "webhook-signature"), Header(request, "X-Env"), Header(request, "Authorization"), Header(request, "webhook-test")));
        Assert.Equal((201, "yes", 16 * 1024, true),
            (response.GetProperty("status").GetInt32(), Header(response, "X-Answer"), response.GetProperty("body").GetString()!.Length,
                response.GetProperty("bodyCut").GetBoolean()));
        Assert.DoesNotContain(Canary, reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_it_is_kept_and_a_failed_one_is_not_tried_again()
    {
        var path = await _host.NewEndpointAsync(_receiver.Url);
        _receiver.Answer(410, ("webhook-delivery", "disable"));

        var reply = await _host.CallAsync("POST", path + "/test", "{}");

        Assert.Equal(("failed", "status"), (reply["outcome"], reply["error"]));
        Assert.Equal(0, (await _host.CallAsync("GET", path + "/deliveries")).Body.GetProperty("data").GetArrayLength());
        var application = path.Split('/')[1];
        Assert.Equal(0, (await _host.CallAsync("GET", $"applications/{application}/messages")).Body.GetProperty("data").GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await _host.CallAsync("GET", $"applications/{application}/messages/{reply["id"]}")).Status);
        Assert.Equal("active", (await _host.CallAsync("GET", path))["state"]);
        await _receiver.NextAsync();
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task The_payload_is_the_callers_or_the_event_types_example_or_a_built_in_one()
    {
        var path = await _host.NewEndpointAsync(_receiver.Url);
        await _host.CallAsync("PUT", "event-types/invoice.paid", """{"example":{"invoice":7}}""");
        await _host.CallAsync("PUT", "event-types/invoice.void", "{}");

        await _host.CallAsync("POST", path + "/test", """{"eventType":"invoice.paid"}""");
        await _host.CallAsync("POST", path + "/test", """{"eventType":"invoice.paid","payload":[1]}""");
        await _host.CallAsync("POST", path + "/test", "{}");

        var received = await _receiver.NextAsync(3);
        Assert.Equal(["""{"invoice":7}""", "[1]"], received.Take(2).Select(static request => Encoding.UTF8.GetString(request.Body)));
        Assert.Equal("parley.test", JsonElement.Parse(received[2].Body).GetProperty("type").GetString());
        foreach (var (body, pointer) in new[]
        {
            ("""{"eventType":"invoice.void"}""", "/payload"), ("""{"eventType":"invoice.unknown"}""", "/payload"), ("""{"eventType":"a b","payload":1}""", "/eventType"),
            ($$"""{"payload":"{{new string('x', 10_000)}}"}""", "/payload"),
        })
        {
            var reply = await _host.CallAsync("POST", path + "/test", body);
            Assert.Equal(("invalid", pointer), (reply["code"], reply.Body.GetProperty("errors")[0].GetProperty("pointer").GetString()));
        }
    }

    [Fact]
    public async Task The_endpoints_script_changes_it_cancels_it_or_fails()
    {
        var path = await _host.NewEndpointAsync(_receiver.Url, "\"transformation\":\"script\"");
        _transformer.Result = new TransformationResult.Changed(
            _receiver.Url + "?x=1", "PATCH", new Dictionary<string, string> { ["X-New"] = "1" }, "<a/>"u8.ToArray(), IsRawBody: true);
        var changed = await _host.CallAsync("POST", path + "/test", "{}");
        _transformer.Result = new TransformationResult.Cancelled();
        var cancelled = await _host.CallAsync("POST", path + "/test", "{}");
        _transformer.Result = new TransformationResult.Failed(TransformationErrors.ScriptError, "x is not defined");
        var failed = await _host.CallAsync("POST", path + "/test", "{}");

        var received = await _receiver.NextAsync();
        Assert.Equal(("PATCH", "<a/>", "1", "true"), (received.Method, Encoding.UTF8.GetString(received.Body), received.Headers["x-new"], received.Headers["webhook-test"]));
        Assert.Equal(("succeeded", "<a/>"), (changed["outcome"], changed.Body.GetProperty("request").GetProperty("body").GetString()));
        Assert.Equal(("cancelled", "transformationCancelled", null), (cancelled["outcome"], cancelled["error"], cancelled["request"]));
        Assert.Equal(("failed", "transformation", "script_error: x is not defined", null), (failed["outcome"], failed["error"], failed["detail"], failed["request"]));
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task Names_that_lead_where_no_request_may_go_are_not_followed()
    {
        using var canary = new TcpListener(IPAddress.Loopback, 0);
        canary.Start();
        await using var host = await ApiHost.StartAsync(
            static options => (options.AllowPrivateNetworks, options.MaxEndpoints) = ([], 100), static services => services.AddSingleton<IHostResolver, RefusedAddresses.Resolver>());

        foreach (var name in RefusedAddresses.Names)
        {
            var path = await host.NewEndpointAsync($"http://{name}:{((IPEndPoint)canary.LocalEndpoint).Port}/");
            var reply = await host.CallAsync("POST", path + "/test", "{}");
            Assert.Equal((name, "failed", "blocked"), (name, reply["outcome"], reply["error"]));
        }

        Assert.False(canary.Pending());
    }

    [Fact]
    public async Task An_endpoint_gets_one_at_a_time_and_an_application_has_four()
    {
        var release = new TaskCompletionSource();
        _receiver.Answer(_ => release.Task);
        var first = await _host.NewEndpointAsync(_receiver.Url);
        var application = first[..first.LastIndexOf('/')];
        List<string> paths = [first];
        while (paths.Count < 5)
            paths.Add($"{application}/{(await _host.CallAsync("POST", application, $$"""{"url":"{{_receiver.Url}}"}"""))["id"]}");
        List<Task<ApiReply>> running = [];
        foreach (var path in paths.Take(4))
        {
            running.Add(_host.CallAsync("POST", path + "/test", "{}"));
            await _receiver.NextAsync();
            var second = await _host.CallAsync("POST", path + "/test", "{}");
            Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_requests", "1"), (second.Status, second["code"], second.RetryAfter));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await _host.CallAsync("POST", paths[4] + "/test", "{}")).Status);

        release.SetResult();
        foreach (var one in running)
            Assert.Equal("succeeded", (await one)["outcome"]);
        Assert.Equal("succeeded", (await _host.CallAsync("POST", paths[4] + "/test", "{}"))["outcome"]);
    }

    [Fact]
    public async Task A_caller_who_goes_away_takes_the_request_along()
    {
        var path = await _host.NewEndpointAsync(_receiver.Url);
        var hasLeft = new TaskCompletionSource();
        _receiver.Answer(async context =>
        {
            context.RequestAborted.Register(hasLeft.SetResult);
            await hasLeft.Task;
        });
        using var leaving = new CancellationTokenSource();
        var call = _host.CallAsync("POST", path + "/test", "{}", cancellationToken: leaving.Token);
        await _receiver.NextAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await hasLeft.Task.WaitAsync(Patience.Limit);
        _receiver.Answer(204);
        await Eventually.BecomesAsync(() => _host.CallAsync("POST", path + "/test", "{}"), static reply => reply["outcome"] == "succeeded");
    }

    private static string? Header(JsonElement message, string name) => message.GetProperty("headers").EnumerateArray()
        .FirstOrDefault(header => header.GetProperty("name").GetString()!.Equals(name, StringComparison.OrdinalIgnoreCase)) is { ValueKind: JsonValueKind.Object } found
            ? found.GetProperty("value").GetString()
            : null;
}
