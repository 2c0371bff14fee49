using System.Text.Json.Nodes;
using Parley.Brokers;
using Parley.Presence;

namespace Parley.AspNetCore.Tests.Api;

public sealed class ChannelApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Presence_lists_clients_with_their_info()
    {
        _host.Parley.Presence["c1"] = new ClientInfo("42", "c1", """{"name": "Ann"}"""u8.ToArray(), "1"u8.ToArray());
        _host.Parley.Presence["c2"] = new ClientInfo("", "c2", new byte[] { 0, 255 }, new byte[] { (byte)'"', 0xC3, (byte)'"' });

        var (_, body) = await _host.PostAsync("/api/presence", """{"channel":"chat:1"}""");

        Assert.Equal(
            """{"result":{"presence":{"c1":{"user":"42","client":"c1","conn_info":{"name": "Ann"},"chan_info":1},"""
            + """ "c2":{"user":"","client":"c2","b64conn_info":"AP8=","b64chan_info":"IsMi"}}}}""".TrimStart(), body);
        Assert.Equal("chat:1", Assert.Single(_host.Parley.Calls).Arguments[0]);
    }

    [Fact]
    public async Task An_empty_channel_has_empty_presence_and_zero_stats()
    {
        Assert.Equal("""{"presence":{}}""", (await _host.CallAsync("presence", """{"channel":"chat:1"}""")).ToJsonString());
        Assert.Equal("""{"num_clients":0,"num_users":0}""", (await _host.CallAsync("presence_stats", """{"channel":"chat:1"}""")).ToJsonString());
    }

    [Fact]
    public async Task Presence_stats_count_clients_and_users()
    {
        _host.Parley.Stats = new PresenceStats(3, 2);

        Assert.Equal("""{"num_clients":3,"num_users":2}""", (await _host.CallAsync("presence_stats", """{"channel":"chat:1"}""")).ToJsonString());
    }

    [Fact]
    public async Task History_answers_publications_as_they_were_published()
    {
        _host.Parley.History = new HistoryPage(
            [
                new Publication { Data = """{ "a":[1,2] }"""u8.ToArray(), Offset = 1, Epoch = "e", Tags = new Dictionary<string, string> { ["t"] = "1" } },
                new Publication { Data = new byte[] { 1, 2, 3 }, Offset = 2, Epoch = "e", Info = new ClientInfo("42", "c1", "{}"u8.ToArray()) },
                new Publication { Data = "\"a\nb\""u8.ToArray(), Offset = 3, Epoch = "e" },
                new Publication { Data = "\"ünï\""u8.ToArray(), Offset = 4, Epoch = "e" },
                new Publication { Data = "1 2"u8.ToArray(), Offset = 5, Epoch = "e" },
            ],
            new StreamPosition(5, "e"),
            true);

        var (_, body) = await _host.PostAsync("/api/history", """{"channel":"chat:1","limit":-1}""");

        Assert.Equal(
            """{"result":{"publications":[{"data":{ "a":[1,2] },"offset":1,"tags":{"t":"1"}},"""
            + """{"b64data":"AQID","info":{"user":"42","client":"c1","conn_info":{}},"offset":2},"""
            + """{"b64data":"ImEKYiI=","offset":3},{"data":"ünï","offset":4},{"b64data":"MSAy","offset":5}],"epoch":"e","offset":5}}""", body);
        Assert.NotNull(JsonNode.Parse(body));
    }

    [Fact]
    public async Task History_without_publications_still_answers_the_position()
    {
        Assert.Equal("""{"publications":[],"epoch":"epoch","offset":0}""", (await _host.CallAsync("history", """{"channel":"chat:1"}""")).ToJsonString());
    }

    [Fact]
    public async Task History_passes_limit_since_and_reverse_on()
    {
        await _host.CallAsync("history", """{"channel":"chat:1"}""");
        await _host.CallAsync("history", """{"channel":"chat:1","limit":10,"since":{"offset":5,"epoch":"e"},"reverse":true}""");
        await _host.CallAsync("history", """{"channel":"chat:1","limit":-1,"since":{}}""");

        object?[][] expected =
        [
            ["chat:1", 0, null, false], ["chat:1", 10, new StreamPosition(5, "e"), true], ["chat:1", -1, new StreamPosition(0, ""), false],
        ];
        Assert.Equal(expected, _host.Parley.Calls.Select(call => call.Arguments));
        Assert.Equal(107u, await _host.CallForErrorAsync("history", """{"channel":"chat:1","limit":-2}"""));
    }

    [Fact]
    public async Task History_remove_answers_an_empty_result()
    {
        Assert.Equal("{}", (await _host.CallAsync("history_remove", """{"channel":"chat:1"}""")).ToJsonString());
        Assert.Equal("chat:1", Assert.Single(_host.Parley.Calls).Arguments[0]);
    }

    [Fact]
    public async Task Channels_are_listed_with_their_clients()
    {
        _host.Parley.Channels["chat:1"] = 2;
        _host.Parley.Channels["chat:\"<&>"] = 1;

        var result = await _host.CallAsync("channels", """{"pattern":"chat:*"}""");
        await _host.CallAsync("channels", """{"pattern":""}""");
        await _host.CallAsync("channels", "{}");

        Assert.Equal(2, result["channels"]!["chat:1"]!["num_clients"]!.GetValue<int>());
        Assert.Equal(1, result["channels"]!["chat:\"<&>"]!["num_clients"]!.GetValue<int>());
        Assert.Equal(["chat:*", null, null], _host.Parley.Calls.Select(call => (string?)call.Arguments[0]));
    }

    [Fact]
    public async Task Info_lists_the_nodes()
    {
        _host.Parley.Nodes.Add(new NodeInfo
        {
            Uid = "u",
            Name = "n",
            Version = "1.2.3",
            Clients = 1,
            Users = 2,
            Subscriptions = 3,
            Channels = 4,
            Uptime = TimeSpan.FromSeconds(90.9),
        });

        Assert.Equal(
            """{"nodes":[{"uid":"u","name":"n","version":"1.2.3","num_clients":1,"num_users":2,"num_subs":3,"num_channels":4,"uptime":90}]}""",
            (await _host.CallAsync("info", "{}")).ToJsonString());
    }

    [Theory]
    [InlineData("presence")]
    [InlineData("presence_stats")]
    [InlineData("history")]
    [InlineData("history_remove")]
    public async Task Without_a_channel_the_answer_is_107(string method)
    {
        foreach (var request in (string[])["{}", """{"channel":""}""", """{"channel":null}"""])
            Assert.Equal(107u, await _host.CallForErrorAsync(method, request));
        Assert.Empty(_host.Parley.Calls);
    }

    [Fact]
    public async Task Rpc_is_not_available_while_nothing_takes_it()
    {
        Assert.Equal(108u, await _host.CallForErrorAsync("rpc", """{"method":"add","params":[1,2]}"""));
        Assert.Equal(107u, await _host.CallForErrorAsync("rpc", """{"params":[1,2]}"""));
    }
}
