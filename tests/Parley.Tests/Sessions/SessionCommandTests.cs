using Parley.Channels;
using Parley.Sessions;
using Parley.Tests.Engine;

namespace Parley.Tests.Sessions;

public sealed class SessionCommandTests
{
    [Theory]
    [InlineData("ada", false, false, false, false)]
    [InlineData("ada", true, false, false, true)]
    [InlineData("", true, false, false, false)]
    [InlineData("ada", false, true, false, false)]
    [InlineData("ada", false, true, true, true)]
    [InlineData("", false, true, true, true)]
    public async Task Publish_NeedsAPermissionOfTheNamespace(string user, bool allow, bool allowSubscriber, bool subscribed, bool expected)
    {
        var host = await EngineHost.StartAsync(channels: options =>
        {
            options.AllowPublish = allow;
            options.AllowPublishForSubscriber = allowSubscriber;
        });
        var client = await host.ConnectAsync(user);
        if (subscribed)
            await client.SubscribeAsync("news");

        var outcome = await client.Session.PublishAsync("news", EngineHost.Json("x"), isJson: true);

        Assert.Equal(expected, outcome.Succeeded);
        if (!expected)
            Assert.Equal(ClientError.PermissionDenied, outcome.Error);
    }

    [Fact]
    public async Task Publish_ReachesThePublisherToo_AndBadOnesAreErrors()
    {
        var host = await EngineHost.StartAsync(clients => clients.Insecure = true);
        var client = await host.ConnectAsync();
        await client.SubscribeAsync("news");

        Assert.True((await client.Session.PublishAsync("news", EngineHost.Json("x"), isJson: true)).Succeeded);

        Assert.Equal("pub news 0 \"x\"", client.Connection.Frames[^1]);
        Assert.Equal(ClientError.BadRequest, (await client.Session.PublishAsync("news", default, isJson: true)).Error);
        Assert.Equal(ClientError.UnknownChannel, (await client.Session.PublishAsync("no:x", EngineHost.Json("x"), isJson: true)).Error);
        Assert.Equal(DisconnectReason.BadRequest, (await client.Session.PublishAsync("", EngineHost.Json("x"), isJson: true)).Disconnect);
    }

    [Theory]
    [InlineData(false, 107u)]
    [InlineData(true, 0u)]
    public async Task Publish_WhatIsNoJson_NeedsANamespaceThatAllowsIt(bool allowBinary, uint code)
    {
        var host = await EngineHost.StartAsync(clients => clients.Insecure = true, channels => channels.AllowBinary = allowBinary);
        var client = await host.ConnectAsync();

        Assert.Equal(code, (await client.Session.PublishAsync("news", new byte[] { 0xFF }, isJson: false)).Error?.Code ?? 0);
    }

    [Fact]
    public async Task Publish_WhenTheBrokerIsDown_IsATemporaryError()
    {
        var host = await EngineHost.StartAsync(clients => clients.Insecure = true);
        var client = await host.ConnectAsync();
        host.Broker.IsDown = true;

        Assert.Equal(ClientError.Internal, (await client.Session.PublishAsync("news", EngineHost.Json("x"), isJson: true)).Error);
    }

    [Fact]
    public async Task Presence_OffIs108_NotSubscribedIs103_SubscribedIsAnswered()
    {
        Assert.Equal(ClientError.NotAvailable, (await PresenceAsync(static _ => { }, subscribe: true)).Error);
        Assert.Equal(ClientError.PermissionDenied, (await PresenceAsync(static options => options.Presence = true, subscribe: true)).Error);
        Assert.Equal(ClientError.PermissionDenied, (await PresenceAsync(Allowed, subscribe: false)).Error);
        var members = (await PresenceAsync(Allowed, subscribe: true)).Value!;
        Assert.Equal("ada", Assert.Single(members).Value.User);

        static void Allowed(ChannelOptions options) => options.Presence = options.AllowPresence = true;
    }

    [Fact]
    public async Task History_PermissionAndLimits()
    {
        var host = await EngineHost.StartAsync(channels: options =>
        {
            EngineHost.WithHistory(options);
            options.AllowHistory = true;
        });
        await host.PublishAsync("news", "1", "2", "3");
        var client = await host.ConnectAsync("ada");
        Assert.Equal(ClientError.PermissionDenied, (await client.Session.GetHistoryAsync("news", 0, null, false)).Error);
        await client.SubscribeAsync("news");

        var positionOnly = (await client.Session.GetHistoryAsync("news", 0, null, false)).Value!;
        Assert.Empty(positionOnly.Publications);
        Assert.Equal(3ul, positionOnly.Top.Offset);
        var all = (await client.Session.GetHistoryAsync("news", -1, null, true)).Value!;
        Assert.Equal([3ul, 2ul, 1ul], all.Publications.Select(static publication => publication.Offset));
        Assert.Equal(ClientError.UnrecoverablePosition, (await client.Session.GetHistoryAsync("news", -1, new StreamPosition(1, "otherrrr"), false)).Error);
        Assert.Equal(ClientError.BadRequest, (await client.Session.GetHistoryAsync("news", -1, new StreamPosition(0, all.Top.Epoch), true)).Error);
    }

    [Fact]
    public async Task History_OffIs108()
    {
        var host = await EngineHost.StartAsync(clients => clients.Insecure = true);
        var client = await host.ConnectAsync();

        Assert.Equal(ClientError.NotAvailable, (await client.Session.GetHistoryAsync("news", 0, null, false)).Error);
    }

    private static async Task<Outcome<IReadOnlyDictionary<string, ClientInfo>>> PresenceAsync(Action<ChannelOptions> configure, bool subscribe)
    {
        var host = await EngineHost.StartAsync(channels: configure);
        var client = await host.ConnectAsync("ada");
        if (subscribe)
            await client.SubscribeAsync("news");
        return await client.Session.GetPresenceAsync("news");
    }
}
