using Parley.Authentication;
using Parley.Sessions;
using Parley.Tests.Engine;

namespace Parley.Tests.Sessions;

public sealed class SessionConnectTests
{
    [Fact]
    public async Task Connect_WithoutCredentials_IsRefusedByDefault()
    {
        var host = await EngineHost.StartAsync(clients => clients.AllowAnonymous = false);

        var outcome = await host.Open().ConnectAsync();

        Assert.Equal(DisconnectReason.BadRequest, outcome.Disconnect);
    }

    [Fact]
    public async Task Connect_UserOfTheHost_NeedsNoToken()
    {
        var host = await EngineHost.StartAsync(clients => clients.AllowAnonymous = false);

        var client = await host.ConnectAsync("ada");

        Assert.Equal("ada", client.Session.User);
    }

    [Fact]
    public async Task Connect_Twice_BreaksTheProtocol()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        var outcome = await client.ConnectAsync();

        Assert.Equal(DisconnectReason.BadRequest, outcome.Disconnect);
    }

    [Fact]
    public async Task Connect_InvalidToken_EndsWith3500()
    {
        var host = await EngineHost.StartAsync();

        var outcome = await host.Open().ConnectWithTokenAsync("made up");

        Assert.Equal(DisconnectReason.InvalidToken, outcome.Disconnect);
    }

    [Fact]
    public async Task Connect_ExpiredToken_Is109AndTheConnectionIsClosedWhenTheClientDoesNot()
    {
        var host = await EngineHost.StartAsync();
        host.Tokens.AddExpired("old");
        var client = host.Open();

        var outcome = await client.ConnectWithTokenAsync("old");

        Assert.Equal(ClientError.TokenExpired, outcome.Error);
        Assert.True(client.Session.WasRefused);
        host.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(DisconnectReason.ConnectionClosed, await client.Connection.Closed);
    }

    [Fact]
    public async Task Connect_TokenThatExpires_TellsTheClientAndEndsAfterTheGrace()
    {
        var host = await EngineHost.StartAsync();
        host.Tokens.Add("good", new ConnectionToken { User = "ada", ExpireAt = host.Time.GetUtcNow().AddSeconds(60) });
        var client = host.Open();

        var result = (await client.ConnectWithTokenAsync("good")).Value!;

        Assert.True(result.Expires);
        Assert.Equal(60u, result.Ttl);
        Pong(client, host, TimeSpan.FromSeconds(84));
        Assert.False(client.Connection.IsClosed);
        Pong(client, host, TimeSpan.FromSeconds(3));
        Assert.Equal(DisconnectReason.Expired, await client.Connection.Closed);
    }

    [Fact]
    public async Task Refresh_InTime_KeepsTheConnection()
    {
        var host = await EngineHost.StartAsync();
        host.Tokens.Add("first", new ConnectionToken { User = "ada", ExpireAt = host.Time.GetUtcNow().AddSeconds(60) });
        host.Tokens.Add("second", new ConnectionToken { User = "ada", ExpireAt = host.Time.GetUtcNow().AddSeconds(600) });
        var client = host.Open();
        await client.ConnectWithTokenAsync("first");

        var outcome = await client.Session.RefreshAsync("second");

        Assert.Equal(new Expiry(true, 600), outcome.Value);
        Pong(client, host, TimeSpan.FromSeconds(120));
        Assert.False(client.Connection.IsClosed);
    }

    [Theory]
    [InlineData("", 3501)]
    [InlineData("made up", 3500)]
    [InlineData("of another", 3500)]
    [InlineData("old", 3005)]
    public async Task Refresh_BadToken_Disconnects(string token, uint code)
    {
        var host = await EngineHost.StartAsync();
        host.Tokens.Add("first", new ConnectionToken { User = "ada", ExpireAt = host.Time.GetUtcNow().AddSeconds(60) });
        host.Tokens.Add("of another", new ConnectionToken { User = "eve", ExpireAt = host.Time.GetUtcNow().AddSeconds(60) });
        host.Tokens.AddExpired("old");
        var client = host.Open();
        await client.ConnectWithTokenAsync("first");

        var outcome = await client.Session.RefreshAsync(token);

        Assert.Equal(code, outcome.Disconnect!.Code);
    }

    [Fact]
    public async Task Refresh_WhenNothingExpires_BreaksTheProtocol()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync("ada");

        Assert.Equal(DisconnectReason.BadRequest, (await client.Session.RefreshAsync("any")).Disconnect);
    }

    [Fact]
    public async Task Connect_InsecureMode_IgnoresExpiryButNotForgery()
    {
        var host = await EngineHost.StartAsync(clients => clients.Insecure = true);
        host.Tokens.Add("good", new ConnectionToken { User = "ada", ExpireAt = host.Time.GetUtcNow().AddSeconds(1) });

        Assert.False((await host.Open().ConnectWithTokenAsync("good")).Value!.Expires);
        Assert.Equal(DisconnectReason.InvalidToken, (await host.Open().ConnectWithTokenAsync("forged")).Disconnect);
    }

    [Fact]
    public async Task Connect_MoreConnectionsThanAUserMayHave_EndsWith3504()
    {
        var host = await EngineHost.StartAsync(clients => clients.MaxConnectionsPerUser = 2);
        var first = await host.ConnectAsync("ada");
        await host.ConnectAsync("ada");

        Assert.Equal(DisconnectReason.ConnectionLimit, (await host.Open().ConnectAsync("ada")).Disconnect);
        Assert.True((await host.Open().ConnectAsync("bob")).Succeeded);
        first.Session.OnClosed();
        Assert.True((await host.Open().ConnectAsync("ada")).Succeeded);
    }

    [Fact]
    public async Task Stale_ConnectionWithoutConnect_EndsWith3502()
    {
        var host = await EngineHost.StartAsync();
        var client = host.Open();

        host.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(client.Connection.IsClosed);
        host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(DisconnectReason.Stale, await client.Connection.Closed);
    }

    /// <summary>Lets time pass while the client answers its pings.</summary>
    internal static void Pong(TestClient client, EngineHost host, TimeSpan time)
    {
        var seen = client.Connection.Frames.Count(static frame => frame == "ping");
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            var pings = client.Connection.Frames.Count(static frame => frame == "ping");
            if (pings > seen)
                client.Session.OnPong();
            seen = pings;
        }
    }
}
