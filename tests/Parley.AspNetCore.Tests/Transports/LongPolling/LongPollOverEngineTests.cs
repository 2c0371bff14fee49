using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Parley.AspNetCore.Authentication;
using Parley.AspNetCore.Tests.Authentication;
using Parley.Channels;
using Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

/// <summary>Long polling as <c>AddParley</c> and <c>MapParley</c> wire it, with the protocol and the engine.</summary>
public sealed class LongPollOverEngineTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private WebApplication _application = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddParley(options =>
        {
            options.Tokens.HmacSecret = Jwt.Secret;
            options.Channels.Namespaces["chat"] = new ChannelOptions
            {
                AllowSubscribe = true,
                AllowPublish = true,
                HistorySize = 1000,
                HistoryTtl = TimeSpan.FromMinutes(5),
                ForceRecovery = true,
            };
        });
        _application = builder.Build();
        _application.MapParley();
        await _application.StartAsync();
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_ConnectsSubscribesAndReceives_WhatAnotherPublishes(bool isBinary)
    {
        using var reader = new EngineClient(Address, isBinary);
        using var writer = new EngineClient(Address, isBinary);
        var connected = await reader.OpenAsync(Connect("reader"), Subscribe("chat:a"));
        await writer.OpenAsync(Connect("writer"));

        Assert.NotEqual("", connected[0].Connect!.Client);
        Assert.Equal((0u, false), (connected[0].Connect!.Ping, connected[0].Connect!.Pong)); // polls say it
        Assert.NotNull(connected[1].Subscribe);
        var poll = reader.PollAsync();
        await writer.SendAsync(new Command { Id = 2, Publish = new PublishRequest { Channel = "chat:a", Data = "{\"n\":1}"u8.ToArray() } });

        var received = Assert.Single(await poll);
        Assert.Equal(("chat:a", "{\"n\":1}", "writer"),
            (received.Push!.Channel, System.Text.Encoding.UTF8.GetString(received.Push.Pub!.Data.Span), received.Push.Pub.Info!.User));
        Assert.Equal(2u, Assert.Single(await writer.PollAsync()).Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RecoveryOfMuch_ArrivesWhole(bool isBinary)
    {
        var publisher = _application.Services.GetRequiredService<IPublisher>();
        var data = new byte[20_000];
        Array.Fill(data, (byte)'7');
        string[] channels = [.. Enumerable.Range(0, 5).Select(static n => $"chat:{n}")];
        using var first = new EngineClient(Address, isBinary);
        var subscribed = await first.OpenAsync([Connect("u"), .. channels.Select(static channel => Subscribe(channel))]);
        var epochs = subscribed.Skip(1).Select(static reply => reply.Subscribe!.Epoch).ToArray();
        Assert.Equal(channels.Length, epochs.Length);
        foreach (var channel in channels)
        {
            for (var i = 0; i < 20; i++)
                await publisher.PublishAsync(channel, data);
        }

        // 2 MB in all, twice what may be kept for a client.
        using var second = new EngineClient(Address, isBinary);
        var replies = await second.OpenAsync(
            [Connect("u"), .. channels.Select((channel, n) => Subscribe(channel, recoverFrom: epochs[n], id: (uint)n + 2))]);
        while (replies.Count < channels.Length + 1)
            replies.AddRange(await second.PollAsync());

        Assert.All(replies.Skip(1), static reply => Assert.True(reply.Subscribe!.Recovered));
        Assert.Equal(100, replies.Skip(1).Sum(static reply => reply.Subscribe!.Publications!.Count));
    }

    [Fact]
    public async Task InvalidToken_IsToldByTheLastBatch()
    {
        using var client = new EngineClient(Address, isBinary: false);

        var reply = Assert.Single(await client.OpenAsync(new Command { Id = 1, Connect = new ConnectRequest { Token = "forged" } }));

        Assert.Equal((3500u, true), (reply.Push!.Disconnect!.Code, client.IsOver));
    }

    [Fact]
    public async Task ExpiredToken_IsToldByTheReply_AndTheSessionEnds()
    {
        using var client = new EngineClient(Address, isBinary: false);
        var token = Issuer.CreateConnectionToken("u", TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(2));

        var reply = Assert.Single(await client.OpenAsync(new Command { Id = 1, Connect = new ConnectRequest { Token = token } }));

        Assert.Equal((109u, true), (reply.Error!.Code, client.IsOver));
    }

    [Fact]
    public async Task IdleClient_LivesOnByItsPollsAlone()
    {
        using var client = new EngineClient(Address, isBinary: false);
        await client.OpenAsync(Connect("u"), Subscribe("chat:idle"));

        for (var minute = 0; minute < 6; minute++)
        {
            _time.Advance(TimeSpan.FromSeconds(10)); // many pings in all, and longer than any pong may take
            Assert.Empty(await client.PollAsync(wait: 0));
        }

        await _application.Services.GetRequiredService<IPublisher>().PublishAsync("chat:idle", "1"u8.ToArray());
        Assert.Equal("chat:idle", Assert.Single(await client.PollAsync()).Push!.Channel);
    }

    private Uri Address => new(_application.Urls.Single());

    private TokenIssuer Issuer => _application.Services.GetRequiredService<TokenIssuer>();

    private Command Connect(string user) =>
        new() { Id = 1, Connect = new ConnectRequest { Token = Issuer.CreateConnectionToken(user, TimeSpan.FromHours(1)) } };

    private static Command Subscribe(string channel, string? recoverFrom = null, uint id = 2) => new()
    {
        Id = id,
        Subscribe = new SubscribeRequest { Channel = channel, Recover = recoverFrom is not null, Epoch = recoverFrom ?? "" },
    };
}
