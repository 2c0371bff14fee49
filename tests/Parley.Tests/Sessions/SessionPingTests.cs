using Parley.Sessions;
using Parley.Tests.Engine;

namespace Parley.Tests.Sessions;

public sealed class SessionPingTests
{
    [Fact]
    public async Task Ping_FirstOne_ComesInTheSecondHalfOfTheInterval()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        host.Time.Advance(TimeSpan.FromSeconds(12));
        Assert.Empty(client.Connection.Frames);
        host.Time.Advance(TimeSpan.FromSeconds(14));

        Assert.Equal(["ping"], client.Connection.Frames);
    }

    [Fact]
    public async Task Ping_Unanswered_EndsWith3012WithinIntervalAndTimeout()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        for (var second = 0; second < 25 + 8 + 1; second++)
            host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(DisconnectReason.NoPong, await client.Connection.Closed);
    }

    [Fact]
    public async Task Ping_Answered_GoesOnEveryInterval()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        SessionConnectTests.Pong(client, host, TimeSpan.FromSeconds(250));

        Assert.False(client.Connection.IsClosed);
        Assert.InRange(client.Connection.Frames.Count(static frame => frame == "ping"), 9, 11);
    }

    [Fact]
    public async Task Pong_WithoutPing_BreaksTheProtocol()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        client.Session.OnPong();

        Assert.Equal(DisconnectReason.BadRequest, await client.Connection.Closed);
    }

    [Fact]
    public async Task Closed_Session_HoldsNoTimer()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();

        client.Session.OnClosed();

        Assert.Equal(0, host.Node.Wheel.Count);
    }
}
