using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>The HTTP API as a backend sees it.</summary>
public sealed class ApiTests(SecuredServer server, SdkHost sdk) : SecuredScenarios(server, sdk)
{
    [Fact]
    public async Task A_call_without_a_valid_key_is_refused()
    {
        using var without = new ParleyApi(Server.Address, key: null);
        using var wrong = new ParleyApi(Server.Address, Server.ApiKey + "x");

        Assert.Equal(HttpStatusCode.Unauthorized, (await without.PostAsync("info", new { })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await wrong.PostAsync("info", new { })).Status);
    }

    [Fact]
    public async Task The_key_may_stand_in_the_authorization_header()
    {
        using var http = new HttpClient { BaseAddress = Server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("apikey", Server.ApiKey);

        using var response = await http.PostAsync("/api/info", Json("{}"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_is_a_bad_request()
    {
        using var http = new HttpClient { BaseAddress = Server.Address };
        http.DefaultRequestHeaders.Add("X-API-Key", Server.ApiKey);

        using var response = await http.PostAsync("/api/publish", Json("""{"channel":"""));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Publish_answers_the_position()
    {
        var channel = NewChannel("chat");

        var first = await Server.Api.CallAsync("publish", new { channel, data = 1 });
        var second = await Server.Api.CallAsync("publish", new { channel, data = 2 });
        var withoutHistory = await Server.Api.CallAsync("publish", new { channel = NewChannel(), data = 1 });

        Assert.Equal(1UL, first.GetProperty("offset").GetUInt64());
        Assert.Equal(2UL, second.GetProperty("offset").GetUInt64());
        Assert.Equal(first.GetProperty("epoch").GetString(), second.GetProperty("epoch").GetString());
        Assert.Empty(withoutHistory.EnumerateObject());
    }

    [Fact]
    public async Task Publish_with_a_known_idempotency_key_publishes_nothing()
    {
        var channel = NewChannel("chat");
        var publication = new { channel, data = "once", idempotency_key = "order-1" };

        var first = await Server.Api.CallAsync("publish", publication);
        var again = await Server.Api.CallAsync("publish", publication);

        Assert.Equal(first.ToString(), again.ToString());
        Assert.Equal(["once"], await ReadAsync(new { channel, limit = -1 }));
    }

    [Fact]
    public async Task What_cannot_be_done_is_answered_with_its_code()
    {
        Assert.Equal(102, await ErrorOfAsync("publish", new { channel = "nobody-configured-this:x", data = 1 }));
        Assert.Equal(107, await ErrorOfAsync("publish", new { channel = NewChannel() }));
        Assert.Equal(107, await ErrorOfAsync("publish", new { data = 1 }));
        Assert.Equal(107, await ErrorOfAsync("disconnect", new { user = "" }));
        Assert.Equal(108, await ErrorOfAsync("presence", new { channel = NewChannel() }));
        Assert.Equal(108, await ErrorOfAsync("presence_stats", new { channel = NewChannel() }));
        Assert.Equal(108, await ErrorOfAsync("history", new { channel = NewChannel() }));
        Assert.Equal(112, await ErrorOfAsync(
            "history", new { channel = NewChannel("chat"), limit = 10, since = new { offset = 5, epoch = "unknown" } }));
    }

    [Fact]
    public async Task Broadcast_publishes_in_each_channel_and_answers_for_each()
    {
        var (first, second) = (NewChannel("chat"), NewChannel("chat"));

        var result = await Server.Api.CallAsync(
            "broadcast", new { channels = new[] { first, "nobody-configured-this:x", second }, data = "to all" });

        var responses = result.GetProperty("responses").EnumerateArray().ToArray();
        Assert.Equal(1UL, responses[0].GetProperty("result").GetProperty("offset").GetUInt64());
        Assert.Equal(102, responses[1].GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(1UL, responses[2].GetProperty("result").GetProperty("offset").GetUInt64());
        Assert.Equal(["to all"], await ReadAsync(new { channel = second, limit = 1 }));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Batch_answers_each_command_in_its_place(bool parallel)
    {
        var channel = NewChannel("chat");
        var commands = new object[]
        {
            new { publish = new { channel, data = 1 } },
            new { publish = new { channel = "nobody-configured-this:x", data = 1 } },
            new { presence_stats = new { channel } },
        };

        // A batch answers its replies without the result around that other methods have.
        var (_, body) = await Server.Api.PostAsync("batch", new { commands, parallel });
        var replies = body.GetProperty("replies").EnumerateArray().ToArray();

        Assert.Equal(1UL, replies[0].GetProperty("publish").GetProperty("offset").GetUInt64());
        Assert.Equal(102, replies[1].GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(0, replies[2].GetProperty("presence_stats").GetProperty("num_clients").GetInt32());
    }

    [Fact]
    public async Task History_is_read_forwards_backwards_and_from_a_position()
    {
        var channel = NewChannel("chat");
        foreach (var letter in new[] { "a", "b", "c", "d" })
            await Server.Api.PublishAsync(channel, letter);

        var top = await Server.Api.CallAsync("history", new { channel });

        Assert.Equal(4UL, top.GetProperty("offset").GetUInt64());
        Assert.Empty(top.GetProperty("publications").EnumerateArray());
        var since = new { offset = 2, epoch = top.GetProperty("epoch").GetString() };
        Assert.Equal(["a", "b"], await ReadAsync(new { channel, limit = 2 }));
        Assert.Equal(["d", "c"], await ReadAsync(new { channel, limit = 2, reverse = true }));
        Assert.Equal(["c", "d"], await ReadAsync(new { channel, limit = -1, since }));
        await Server.Api.CallAsync("history_remove", new { channel });
        Assert.Empty(await ReadAsync(new { channel, limit = -1 }));
        Assert.Equal(4UL, (await Server.Api.CallAsync("history", new { channel })).GetProperty("offset").GetUInt64());
    }

    [Theory, EveryWay]
    public async Task Channels_and_presence_show_the_subscribers(SdkWay way)
    {
        var (channel, user) = (NewChannel("chat"), NewUser());
        await using var first = await OpenAsync(way, user);
        await using var second = await ConnectAsync(way, user);
        var firstId = (await first.ConnectAsync()).Client;
        await first.SubscribeAsync(channel);
        await second.SubscribeAsync(channel);

        var channels = (await Server.Api.CallAsync("channels", new { pattern = channel[..^1] + "*" })).GetProperty("channels");
        var presence = (await Server.Api.CallAsync("presence", new { channel })).GetProperty("presence");
        var stats = await Server.Api.CallAsync("presence_stats", new { channel });

        Assert.Equal(2, channels.GetProperty(channel).GetProperty("num_clients").GetInt32());
        Assert.Equal(2, presence.EnumerateObject().Count());
        Assert.Equal(user, presence.GetProperty(firstId).GetProperty("user").GetString());
        Assert.Equal((2, 1), (stats.GetProperty("num_clients").GetInt32(), stats.GetProperty("num_users").GetInt32()));
    }

    [Fact]
    public async Task Info_describes_the_node()
    {
        var node = await Server.Api.InfoAsync();

        Assert.NotEqual("", node.GetProperty("uid").GetString());
        Assert.NotEqual("", node.GetProperty("name").GetString());
        Assert.NotEqual("", node.GetProperty("version").GetString());
        Assert.All(["num_clients", "num_users", "num_channels", "num_subs", "uptime"], name => node.GetProperty(name).GetInt32());
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task<int> ErrorOfAsync(string method, object request) =>
        (await Assert.ThrowsAsync<ApiException>(() => Server.Api.CallAsync(method, request))).Code;

    private async Task<string[]> ReadAsync(object request)
    {
        var history = await Server.Api.CallAsync("history", request);
        return [.. history.GetProperty("publications").EnumerateArray().Select(static one => one.GetProperty("data").GetString()!)];
    }
}
