using System.Text;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Api;

public sealed class SessionApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Subscribe_passes_everything_on()
    {
        var result = await _host.CallAsync("subscribe",
            """
            {"user":"42","client":"c","session":"s","channel":"chat:1","info":{"a": 1},"data":[ ],"expire_at":2000000000,
             "recover_since":{"offset":5,"epoch":"e"},
             "override":{"presence":{"value":true},"join_leave":{"value":false},"force_push_join_leave":{},"force_positioning":null,"force_recovery":{"value":true}}}
            """);

        Assert.Equal("{}", result.ToJsonString());
        var call = Assert.Single(_host.Parley.Calls);
        Assert.Equal(("subscribe", new SessionSelector("42", "c", "s"), "chat:1"), (call.Method, call.Arguments[0], call.Arguments[1]));
        var options = Assert.IsType<ServerSubscribeOptions>(call.Arguments[2]);
        Assert.Equal("""{"a": 1}""", Encoding.UTF8.GetString(options.Info.Span));
        Assert.Equal("[ ]", Encoding.UTF8.GetString(options.Data.Span));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(2_000_000_000), options.ExpireAt);
        Assert.Equal(new StreamPosition(5, "e"), options.RecoverSince);
        Assert.Equal(
            (true, false, false, null, true),
            (options.Presence, options.JoinLeave, options.ForcePushJoinLeave, options.ForcePositioning, options.ForceRecovery));
    }

    [Fact]
    public async Task Subscribe_leaves_to_the_namespace_what_is_not_given()
    {
        await _host.CallAsync("subscribe", """{"user":"42","channel":"chat:1","expire_at":0,"b64info":"AAE=","b64data":"Ag=="}""");

        var call = Assert.Single(_host.Parley.Calls);
        Assert.Equal(new SessionSelector("42"), call.Arguments[0]);
        var options = Assert.IsType<ServerSubscribeOptions>(call.Arguments[2]);
        Assert.Equal([0, 1], options.Info.ToArray());
        Assert.Equal([2], options.Data.ToArray());
        Assert.Equal(new ServerSubscribeOptions(), options with { Info = default, Data = default });
    }

    [Theory]
    [InlineData("""{"user":"42"}""")]
    [InlineData("""{"channel":"chat:1"}""")]
    [InlineData("""{"user":"","client":"","session":"","channel":"chat:1"}""")]
    [InlineData("""{"user":"42","channel":"chat:1","expire_at":-1}""")]
    [InlineData("""{"user":"42","channel":"chat:1","expire_at":2000000000000}""")]
    [InlineData("""{"user":"42","channel":"chat:1","info":1,"b64info":"AA=="}""")]
    [InlineData("""{"user":"42","channel":"chat:1","data":1,"b64data":"AA=="}""")]
    [InlineData("""{"user":"42","channel":"chat:1","b64info":"?"}""")]
    public async Task Subscribe_with_a_wrong_value_is_107(string request)
    {
        Assert.Equal(107u, await _host.CallForErrorAsync("subscribe", request));
        Assert.Empty(_host.Parley.Calls);
    }

    [Theory]
    [InlineData("subscribe", ""","channel":"chat:1" """)]
    [InlineData("unsubscribe", "")]
    [InlineData("disconnect", "")]
    [InlineData("refresh", "")]
    public async Task Sessions_are_named_by_user_or_client_or_session(string method, string rest)
    {
        await _host.CallAsync(method, $$"""{"user":"42"{{rest}}}""");
        await _host.CallAsync(method, $$"""{"client":"c"{{rest}}}""");
        await _host.CallAsync(method, $$"""{"user":"","session":"s"{{rest}}}""");

        Assert.Equal(
            [new SessionSelector("42"), new SessionSelector("", "c"), new SessionSelector("", null, "s")],
            _host.Parley.Calls.Select(call => (SessionSelector)call.Arguments[0]!));
        Assert.Equal(107u, await _host.CallForErrorAsync(method, $$"""{"user":""{{rest}}}"""));
        Assert.Equal(3, _host.Parley.Calls.Count);
    }

    [Fact]
    public async Task Unsubscribe_without_a_channel_means_all()
    {
        await _host.CallAsync("unsubscribe", """{"user":"42","channel":"chat:1"}""");
        await _host.CallAsync("unsubscribe", """{"user":"42","channel":""}""");
        await _host.CallAsync("unsubscribe", """{"user":"42"}""");

        Assert.Equal(["chat:1", null, null], _host.Parley.Calls.Select(call => (string?)call.Arguments[1]));
    }

    [Fact]
    public async Task Disconnect_tells_the_reason_and_spares_the_whitelist()
    {
        await _host.CallAsync("disconnect", """{"user":"42","whitelist":["a","b"],"disconnect":{"code":4501,"reason":"account closed"}}""");
        await _host.CallAsync("disconnect", """{"user":"42"}""");
        await _host.CallAsync("disconnect", """{"user":"42","disconnect":{"code":4000}}""");
        await _host.CallAsync("disconnect", """{"user":"42","disconnect":{"reason":"bye"}}""");

        var options = _host.Parley.Calls.Select(call => (DisconnectOptions)call.Arguments[1]!).ToList();
        Assert.Equal(["a", "b"], options[0].Whitelist);
        Assert.Empty(options[1].Whitelist);
        Assert.Equal(
            [new(4501, "account closed"), DisconnectReason.ForceDisconnect, new(4000, "force disconnect"), new(3503, "bye")],
            options.Select(option => option.Reason));
    }

    [Theory]
    [InlineData("""{"code":1000,"reason":"x"}""")]
    [InlineData("""{"code":2999,"reason":"x"}""")]
    [InlineData("""{"code":5000,"reason":"x"}""")]
    [InlineData("""{"code":4000,"reason":"{\"reconnect\":true}"}""")]
    [InlineData("""{"code":4000,"reason":"true"}""")]
    [InlineData("""{"code":4000,"reason":"42"}""")]
    [InlineData("""{"code":4000,"reason":"tschüß"}""")]
    [InlineData("""{"code":4000,"reason":"a\r\nb"}""")]
    [InlineData("""{"code":4000,"reason":"1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"}""")]
    public async Task Disconnect_with_what_cannot_be_said_in_a_close_frame_is_107(string disconnect)
    {
        Assert.Equal(107u, await _host.CallForErrorAsync("disconnect", $$"""{"user":"42","disconnect":{{disconnect}}}"""));
        Assert.Empty(_host.Parley.Calls);
    }

    [Fact]
    public async Task Refresh_changes_expiry_and_info()
    {
        await _host.CallAsync("refresh", """{"user":"42","expire_at":2000000000,"info":{"a":1}}""");
        await _host.CallAsync("refresh", """{"user":"42","expired":true}""");

        var options = _host.Parley.Calls.Select(call => (RefreshOptions)call.Arguments[1]!).ToList();
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(2_000_000_000), options[0].ExpireAt);
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(options[0].Info!.Value.Span));
        Assert.False(options[0].Expired);
        Assert.Equal(new RefreshOptions { Expired = true }, options[1]);
        Assert.Equal(107u, await _host.CallForErrorAsync("refresh", """{"user":"42","expire_at":-5}"""));
    }
}
