using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Outbound.Probes;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Tests.Transformations;
using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Api;

/// <summary>Simulated transformations, in real workers.</summary>
public sealed class SimulationTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync(addServices: static services => services.AddSingleton(new TransformationOptions
    {
        Command = Transformers.Worker,
        Workers = 2,
        ScriptTime = TimeSpan.FromSeconds(5),
        WallTime = Patience.Limit,
        StartTime = Patience.Limit,
        WaitTime = Patience.Limit,
    }));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_script_is_run_over_a_webhook_and_what_it_makes_of_it_is_answered()
    {
        var application = await _host.NewApplicationAsync();

        var reply = await _host.CallAsync("POST", $"applications/{application}/transform/simulate", """
            {"script":"function transform(w) { w.headers['X-Kind'] = w.eventType; w.url += '?try=' + w.attempt; w.payload.sum = w.payload.a + w.channels.length; return w; }",
             "eventType":"order.created","payload":{"a":1},"channels":["eu","us"],"attempt":3,"method":"PUT"}
            """);

        Assert.Equal("changed", reply["outcome"]);
        var webhook = reply.Body.GetProperty("webhook");
        Assert.Equal(("https://example.com/webhooks?try=3", "PUT", "order.created", "application/json", """{"a":1,"sum":3}"""),
            (webhook.GetProperty("url").GetString(), webhook.GetProperty("method").GetString(), webhook.GetProperty("headers").GetProperty("X-Kind").GetString(),
                webhook.GetProperty("contentType").GetString(), webhook.GetProperty("body").GetString()));
    }

    [Fact]
    public async Task A_script_that_cancels_fails_or_goes_where_none_may_shows_it()
    {
        var path = $"applications/{await _host.NewApplicationAsync()}/transform/simulate";

        Assert.Equal("cancelled", (await SimulateAsync("function transform(w) { return null; }"))["outcome"]);
        Assert.StartsWith("script_error: ", (await SimulateAsync("function transform(w) { return y; }"))["error"], StringComparison.Ordinal);
        Assert.StartsWith("no_transform_function: ", (await SimulateAsync("1"))["error"], StringComparison.Ordinal);
        Assert.StartsWith("invalid_result: url must not lead to 169.254.169.254",
            (await SimulateAsync("function transform(w) { w.url = 'http://169.254.169.254/'; return w; }"))["error"], StringComparison.Ordinal);
        Assert.StartsWith("timeout: ", (await SimulateAsync("function transform(w) { for (;;); }"))["error"], StringComparison.Ordinal);

        Task<ApiReply> SimulateAsync(string script) => _host.CallAsync("POST", path, $$"""{"script":"{{script}}"}""");
    }

    [Fact]
    public async Task At_an_endpoint_its_own_script_and_URL_are_the_default()
    {
        var path = await _host.NewEndpointAsync("https://acme.example/hooks", "\"transformation\":\"function transform(w) { w.body = 'own ' + w.url; return w; }\"");

        var own = await _host.CallAsync("POST", path + "/transform/simulate", "{}");
        var other = await _host.CallAsync("POST", path + "/transform/simulate", """{"script":"function transform(w) { return w; }","payload":7}""");

        Assert.Equal(("own https://acme.example/hooks", "text/plain; charset=utf-8"),
            (own.Body.GetProperty("webhook").GetProperty("body").GetString(), own.Body.GetProperty("webhook").GetProperty("contentType").GetString()));
        Assert.Equal("7", other.Body.GetProperty("webhook").GetProperty("body").GetString());
    }

    [Theory]
    [InlineData("{}", "/script")]
    [InlineData("""{"script":""}""", "/script")]
    [InlineData("""{"script":"x","url":"http://127.1.1.1/"}""", "/url")]
    [InlineData("""{"script":"x","method":"TRACE"}""", "/method")]
    [InlineData("""{"script":"x","attempt":0}""", "/attempt")]
    [InlineData("""{"script":"x","eventType":"nobody.knows"}""", "/payload")]
    public async Task What_is_wrong_is_pointed_at(string body, string pointer)
    {
        var reply = await _host.CallAsync("POST", $"applications/{await _host.NewApplicationAsync()}/transform/simulate", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, pointer), (reply.Status, reply.Body.GetProperty("errors")[0].GetProperty("pointer").GetString()));
    }

    [Fact]
    public void Half_of_the_workers_are_left_to_deliveries_and_an_application_has_one_simulation_at_a_time()
    {
        var gate = new SimulationGate(new TransformationOptions { Workers = 4 });
        var (one, two) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var place = gate.Enter(one);

        Assert.Throws<WebhookException>(() => gate.Enter(one));
        gate.Enter(two);
        Assert.Throws<WebhookException>(() => gate.Enter(Guid.CreateVersion7()));

        place.Dispose();
        gate.Enter(one);
    }
}
