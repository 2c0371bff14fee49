using System.Net;
using Parley.Testing;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api;

public sealed class ReplayApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_replay_is_made_watched_listed_and_cancelled()
    {
        await using var receiver = await Receiver.StartAsync();
        var endpoint = await host.NewEndpointAsync(receiver.Url);

        var made = await host.CallAsync("POST", endpoint + "/replays", """{"scope":"missing","since":"2026-01-01T00:00:00Z","eventType":"invoice.*","channel":"eu","dryRun":true}""");
        Assert.Equal((HttpStatusCode.Accepted, "missing", "invoice.*", "eu", "True"), (made.Status, made["scope"], made["eventType"], made["channel"], made["dryRun"]));
        var path = $"{endpoint}/replays/{made["id"]}";
        var done = await Eventually.BecomesAsync(() => host.CallAsync("GET", path), static reply => reply["state"] != "running");

        Assert.Equal(("completed", "0"), (done["state"], done["replayed"]));
        Assert.Equal("completed", (await host.CallAsync("POST", path + "/cancel", "{}"))["state"]);
        Assert.Equal(made["id"], (await host.CallAsync("GET", endpoint + "/replays")).Body.GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_replays_of_an_endpoint_are_listed_in_pages()
    {
        var endpoints = $"applications/{await host.NewApplicationAsync()}/endpoints";
        var one = $"{endpoints}/{(await host.CallAsync("POST", endpoints, """{"url":"https://example.com/"}"""))["id"]}/replays";
        var other = $"{endpoints}/{(await host.CallAsync("POST", endpoints, """{"url":"https://example.com/"}"""))["id"]}/replays";
        var made = new List<string?>();
        for (var index = 0; index < 3; index++)
        {
            made.Add(await ReplayAsync(one));
            await ReplayAsync(other);
        }

        var first = await host.CallAsync("GET", one + "?limit=2");
        var second = await host.CallAsync("GET", $"{one}?limit=2&cursor={first["next"]}");

        Assert.Equal(made.Take(2), IdsOf(first));
        Assert.Equal(made.Skip(2), IdsOf(second));
        Assert.Null(second["next"]);
        Assert.Equal(made, IdsOf(await host.CallAsync("GET", one)));
        Assert.Equal(422, (int)(await host.CallAsync("GET", one + "?cursor=x")).Status);

        async Task<string?> ReplayAsync(string replays)
        {
            var id = (await host.CallAsync("POST", replays, """{"since":"2026-01-01T00:00:00Z"}"""))["id"];
            await Eventually.BecomesAsync(() => host.CallAsync("GET", $"{replays}/{id}"), static reply => reply["state"] == "completed");
            return id;
        }

        static IEnumerable<string?> IdsOf(ApiReply reply) => reply.Body.GetProperty("data").EnumerateArray().Select(static replay => replay.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("{}", 422, "invalid")]
    [InlineData("""{"since":"2099-01-01T00:00:00Z"}""", 422, "invalid")]
    [InlineData("""{"since":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}""", 422, "invalid")]
    [InlineData("""{"scope":"some","since":"2026-01-01T00:00:00Z"}""", 422, "invalid")]
    [InlineData("""{"since":"2026-01-01T00:00:00Z","eventType":"a b"}""", 422, "invalid")]
    [InlineData("""{"since":"2026-01-01T00:00:00Z","eventType":"*.paid"}""", 422, "invalid")]
    [InlineData("""{"since":"2026-01-01T00:00:00Z","channel":""}""", 422, "invalid")]
    [InlineData("""{"since":"2026-01-01T00:00:00Z","channel":"a\u0000"}""", 422, "invalid")]
    [InlineData("""{"since":"yesterday"}""", 400, "invalid_json")]
    public async Task A_replay_that_makes_no_sense_is_refused(string body, int status, string code)
    {
        var endpoint = await host.NewEndpointAsync("https://example.com/");

        var reply = await host.CallAsync("POST", endpoint + "/replays", body);

        Assert.Equal((status, code), ((int)reply.Status, reply["code"]));
    }

    [Fact]
    public async Task Replays_are_those_of_an_active_endpoint_and_of_no_other()
    {
        var endpoint = await host.NewEndpointAsync("https://example.com/");
        var other = await host.NewEndpointAsync("https://example.com/");
        const string Body = """{"since":"2026-01-01T00:00:00Z"}""";
        var made = await host.CallAsync("POST", endpoint + "/replays", Body);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("GET", $"{other}/replays/{made["id"]}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("POST", $"{other}/replays/{made["id"]}/cancel", "{}")).Status);

        await host.CallAsync("PATCH", endpoint, """{"disabled":true}""");

        var refused = await host.CallAsync("POST", endpoint + "/replays", Body);
        Assert.Equal((HttpStatusCode.Conflict, "endpoint_disabled"), (refused.Status, refused["code"]));
    }
}
