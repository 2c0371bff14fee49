using System.Text;
using Parley.Brokers;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Api;

public sealed class PublishApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("""{"a":1}""")]
    [InlineData("""{ "a" : [1,  2],"b":"\u00e9\n\ud83d\ude00" , "a":"twice is the application's affair" }""")]
    [InlineData("\"text\"")]
    [InlineData("\"ünï😀\"")]
    [InlineData("1e400")]
    [InlineData("0")]
    [InlineData("false")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\n  \"pretty\": true\n}")]
    public async Task Data_reaches_the_engine_byte_for_byte(string data)
    {
        var result = await _host.CallAsync("publish", $$"""{ "channel":"chat:1", "data" : {{data}} , "tags":null}""");

        Assert.Equal("{}", result.ToJsonString());
        var (method, arguments) = Assert.Single(_host.Parley.Calls);
        Assert.Equal("publish", method);
        Assert.Equal("chat:1", arguments[0]);
        Assert.Equal(data, Encoding.UTF8.GetString((byte[])arguments[1]!));
        Assert.Equal(new PublishOptions(), arguments[2]);
    }

    [Fact]
    public async Task Binary_data_is_given_as_base64()
    {
        await _host.CallAsync("publish", """{"channel":"chat:1","b64data":"AAH/"}""");
        await _host.CallAsync("publish", """{"channel":"chat:1","b64data":"AAH/","data":null}""");

        Assert.All(_host.Parley.Calls, call => Assert.Equal([0, 1, 255], (byte[])call.Arguments[1]!));
    }

    [Fact]
    public async Task All_options_reach_the_engine()
    {
        await _host.CallAsync("publish",
            """
            {"channel":"chat:1","data":1,"skip_history":true,"tags":{"lang":"de","empty":""},"idempotency_key":"k","delta":true,
             "version":18446744073709551615,"version_epoch":"v","unknown":{"x":[1]},"Channel":"other"}
            """);

        var call = Assert.Single(_host.Parley.Calls);
        Assert.Equal("chat:1", call.Arguments[0]);
        var options = Assert.IsType<PublishOptions>(call.Arguments[2]);
        Assert.True(options.SkipHistory);
        Assert.Equal(new Dictionary<string, string> { ["lang"] = "de", ["empty"] = "" }, options.Tags);
        Assert.Equal(("k", ulong.MaxValue, "v"), (options.IdempotencyKey, options.Version, options.VersionEpoch));
    }

    [Fact]
    public async Task The_position_is_answered_when_the_channel_has_one()
    {
        _host.Parley.Published = new PublishResult(new StreamPosition(9_007_199_254_740_993, "abcd"));

        var (_, body) = await _host.PostAsync("/api/publish", """{"channel":"chat:1","data":{}}""");

        Assert.Equal("""{"result":{"offset":9007199254740993,"epoch":"abcd"}}""", body);
    }

    [Theory]
    [InlineData("""{"data":1}""")]
    [InlineData("""{"channel":"","data":1}""")]
    [InlineData("""{"channel":null,"data":1}""")]
    [InlineData("""{"channel":"chat:1"}""")]
    [InlineData("""{"channel":"chat:1","b64data":""}""")]
    [InlineData("""{"channel":"chat:1","b64data":"&"}""")]
    [InlineData("""{"channel":"chat:1","data":1,"b64data":"AAH/"}""")]
    [InlineData("""{"channel":"chat:1","data":1,"tags":{"a":null}}""")]
    [InlineData("{}")]
    public async Task A_publication_that_lacks_or_doubles_something_is_107(string request)
    {
        Assert.Equal(107u, await _host.CallForErrorAsync("publish", request));
        Assert.Empty(_host.Parley.Calls);
    }

    [Fact]
    public async Task What_the_broker_did_not_take_is_never_a_success()
    {
        _host.Parley.Failure = new BrokerUnavailableException("redis-canary:6379 is gone");

        Assert.Equal(100u, await _host.CallForErrorAsync("publish", """{"channel":"chat:1","data":1}"""));
        Assert.Equal(100u, await _host.CallForErrorAsync("broadcast", """{"channels":["chat:1"],"data":1}"""));
    }

    [Fact]
    public async Task A_broadcast_answers_every_channel_in_order()
    {
        _host.Parley.Broadcast = channel => channel switch
        {
            "chat:1" => new BroadcastResult(new PublishResult(new StreamPosition(7, "e")), null),
            "chat:2" => new BroadcastResult(new PublishResult(StreamPosition.None), null),
            _ => new BroadcastResult(null, ClientError.UnknownChannel),
        };

        var (_, body) = await _host.PostAsync("/api/broadcast", """{"channels":["chat:1","chat:2","x:1"],"data":{"a":1},"tags":{"t":"1"},"version":3}""");

        Assert.Equal("""{"result":{"responses":[{"result":{"offset":7,"epoch":"e"}},{"result":{}},{"error":{"code":102,"message":"unknown channel"}}]}}""", body);
        var call = Assert.Single(_host.Parley.Calls);
        Assert.Equal(["chat:1", "chat:2", "x:1"], (string[])call.Arguments[0]!);
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString((byte[])call.Arguments[1]!));
        Assert.Equal(3ul, ((PublishOptions)call.Arguments[2]!).Version);
    }

    [Theory]
    [InlineData("""{"data":1}""")]
    [InlineData("""{"channels":[],"data":1}""")]
    [InlineData("""{"channels":null,"data":1}""")]
    [InlineData("""{"channels":["chat:1"]}""")]
    [InlineData("""{"channels":["chat:1"],"data":1,"b64data":"AA=="}""")]
    public async Task A_broadcast_that_lacks_or_doubles_something_is_107(string request)
    {
        Assert.Equal(107u, await _host.CallForErrorAsync("broadcast", request));
        Assert.Empty(_host.Parley.Calls);
    }
}
