using Parley.Sessions;
using Parley.Tests.Engine;

namespace Parley.Tests.Sessions;

/// <summary>What is still sent when a session or a subscription ends in the middle of something.</summary>
public sealed class SessionEndTests
{
    [Fact]
    public async Task SlowClient_WhoseQueueFindsRoomBeforeItIsClosed_GetsNothingBehindWhatWasDropped()
    {
        var host = await EngineHost.StartAsync();
        var slow = await host.ConnectAsync();
        await slow.SubscribeAsync("news");
        slow.Connection.Room = 1;
        slow.Connection.Closing = () =>
        {
            slow.Connection.Room = 10;
            slow.Session.Send(TextFormat.Frame("more"));
        };

        await host.PublishAsync("news", "taken", "dropped");

        Assert.Equal(DisconnectReason.Slow, await slow.Connection.Closed);
        Assert.Equal("pub news 0 \"taken\"", slow.Connection.Frames[^1]);
    }

    [Fact]
    public async Task WhatWaitsForClients_IsNoLongerCountedWhenTheyHaveGone()
    {
        var host = await EngineHost.StartAsync();
        var first = await host.ConnectAsync();
        var second = await host.ConnectAsync();
        (first.Connection.QueuedBytes, second.Connection.QueuedBytes) = (700, 42);

        Assert.Equal(742, host.Node.Hub.Sessions.QueuedBytes);
        first.Session.OnClosed();

        Assert.Equal(42, host.Node.Hub.Sessions.QueuedBytes);
    }

    [Fact]
    public async Task SubscriptionThatTheServerEndsAsItGoesLive_StillSendsWhatItHeld()
    {
        var host = await EngineHost.StartAsync();
        var client = await host.ConnectAsync();
        var subscription = (await client.Session.SubscribeAsync(new SubscribeRequest { Channel = "news" })).Value!;
        await host.PublishAsync("news", "before the end");

        subscription.HubChannel!.End(subscription, TextFormat.Frame("end"));
        await host.PublishAsync("news", "behind the end");
        subscription.HubChannel.GoLive(subscription);

        Assert.Equal(["pub news 0 \"before the end\"", "end"], client.Connection.Frames);
    }
}
