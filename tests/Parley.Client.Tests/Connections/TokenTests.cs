using Microsoft.Extensions.Time.Testing;
using Parley.Client.Tests.Events;
using Parley.Client.Tests.Servers;
using Parley.Testing;

namespace Parley.Client.Tests.Connections;

public sealed class TokenTests(ClientServer server) : IClassFixture<ClientServer>
{
    [Theory, EveryWay]
    public async Task A_token_says_who_the_client_is(Way way)
    {
        var channel = ClientServer.NewChannel("chat");
        await using var client = server.NewClient(way, options => options.Token = server.Tokens.Connection("ada"));
        var subscription = client.NewSubscription(channel);
        subscription.Subscribe();
        client.Connect();

        var present = await subscription.PresenceAsync();

        Assert.Equal("ada", Assert.Single(present).Value.User);
    }

    [Theory, EveryWay]
    public async Task An_expired_token_is_replaced(Way way)
    {
        var asked = 0;
        await using var client = server.NewClient(way, options =>
        {
            options.Token = server.Tokens.Connection("ada", lifetime: TimeSpan.FromMinutes(-1));
            options.GetToken = _ =>
            {
                asked++;
                return ValueTask.FromResult<string?>(server.Tokens.Connection("ada"));
            };
        });
        var events = new ClientEvents(client);

        client.Connect();

        await events.Connected.NextAsync();
        Assert.Equal(ErrorCodes.TokenExpired, (await events.Errors.NextAsync()).Exception.Code);
        Assert.Equal(1, asked);
    }

    [Theory, EveryWay]
    public async Task An_expired_token_that_nobody_can_replace_ends_it(Way way)
    {
        await using var client = server.NewClient(
            way, options => options.Token = server.Tokens.Connection("ada", lifetime: TimeSpan.FromMinutes(-1)));
        var events = new ClientEvents(client);
        client.Connect();
        var ready = client.ReadyAsync();

        Assert.Equal(new DisconnectedEventArgs(109, "token expired"), await events.Disconnected.NextAsync());
        Assert.Equal(109u, (await Assert.ThrowsAsync<ParleyException>(() => ready)).Code);
    }

    [Theory, EveryWay]
    public async Task A_wrong_token_ends_it(Way way)
    {
        await using var client = server.NewClient(
            way, options => options.Token = new TestTokens("another secret that is long enough too").Connection("ada"));
        var events = new ClientEvents(client);
        client.Connect();

        Assert.Equal(new DisconnectedEventArgs(3500, "invalid token"), await events.Disconnected.NextAsync());
        Assert.Equal(1, events.Connecting.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_user_for_whom_there_is_no_token_may_not_connect(string? token)
    {
        await using var client = server.NewClient(
            Way.WebSocketJson, options => options.GetToken = _ => ValueTask.FromResult(token));
        var events = new ClientEvents(client);

        client.Connect();

        Assert.Equal(new DisconnectedEventArgs(DisconnectedCodes.Unauthorized, "unauthorized"), await events.Disconnected.NextAsync());
    }

    [Fact]
    public async Task A_callback_that_throws_is_asked_again()
    {
        var asked = 0;
        await using var client = server.NewClient(Way.WebSocketJson, options => options.GetToken = _ => ++asked < 3
            ? throw new HttpRequestException("the backend is away")
            : ValueTask.FromResult<string?>(server.Tokens.Connection("ada")));
        var events = new ClientEvents(client);

        client.Connect();

        for (var i = 0; i < 2; i++)
        {
            var error = (await events.Errors.NextAsync()).Exception;
            Assert.Equal((ErrorCodes.ConnectToken, true), (error.Code, error.IsTemporary));
            Assert.Equal("the backend is away", error.InnerException!.Message);
        }

        await events.Connected.NextAsync();
    }

    [Fact]
    public async Task A_callback_that_hangs_does_not_hold_up_the_end()
    {
        var asked = new TaskCompletionSource();
        await using var client = server.NewClient(Way.WebSocketJson, options => options.GetToken = async _ =>
        {
            asked.SetResult();
            await new TaskCompletionSource().Task;
            return "";
        });
        client.Connect();
        await asked.Task.WaitAsync(Patience.Limit);

        client.Disconnect();

        await client.DisposeAsync().AsTask().WaitAsync(Patience.Limit);
    }

    [Theory, EveryWay(Polling = false)] // a minute that passes at once ends every poll
    public async Task A_token_is_refreshed_before_it_expires_and_the_connection_stays(Way way)
    {
        var time = new FakeTimeProvider();
        var calls = 0;
        var second = new TaskCompletionSource();
        var third = new TaskCompletionSource();
        await using var client = server.NewClient(way, options =>
        {
            options.TimeProvider = time;
            options.MaxServerPingDelay = TimeSpan.FromHours(1); // the server lives in another time
            options.GetToken = _ =>
            {
                if (++calls == 2) second.SetResult();
                if (calls == 3) third.SetResult();
                return ValueTask.FromResult<string?>(server.Tokens.Connection("ada", lifetime: TimeSpan.FromSeconds(100)));
            };
        });
        var events = new ClientEvents(client);
        client.Connect();
        await events.Connected.NextAsync();

        // Ten seconds before the end of 100, or a little sooner: tokens have whole seconds.
        time.Advance(TimeSpan.FromSeconds(85));
        Assert.False(second.Task.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(6));
        await second.Task.WaitAsync(Patience.Limit);

        // The server took it, because the client waits for the end of the new one.
        await Eventually.BecomesAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(third.Task.IsCompleted);
            },
            static isAsked => isAsked);
        Assert.Equal(ClientState.Connected, client.State);
        Assert.Equal(0, events.Disconnected.Count);
        Assert.Equal(1, events.Connecting.Count);
    }

    [Theory, EveryWay]
    public async Task A_private_channel_takes_its_own_token_and_a_new_one_when_that_has_expired(Way way)
    {
        var channel = "$" + ClientServer.NewChannel();
        await using var client = server.NewClient(way, options => options.Token = server.Tokens.Connection("ada"));
        var subscription = client.NewSubscription(channel, new SubscriptionOptions
        {
            Token = server.Tokens.Subscription("ada", channel, lifetime: TimeSpan.FromMinutes(-1)),
            GetToken = (name, _) => ValueTask.FromResult<string?>(server.Tokens.Subscription("ada", name)),
        });
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();

        await events.Subscribed.NextAsync();

        Assert.Equal(ErrorCodes.TokenExpired, (await events.Errors.NextAsync()).Exception.Code);
    }

    [Fact]
    public async Task A_private_channel_without_a_token_ends_the_subscription_only()
    {
        await using var client = server.NewClient(Way.WebSocketJson, options => options.Token = server.Tokens.Connection("ada"));
        var subscription = client.NewSubscription("$" + ClientServer.NewChannel());
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();

        Assert.Equal(new UnsubscribedEventArgs(103, "permission denied"), await events.Unsubscribed.NextAsync());
        Assert.Equal(103u, (await Assert.ThrowsAsync<ParleyException>(async () =>
        {
            subscription.Subscribe();
            await subscription.ReadyAsync();
        })).Code);
        Assert.Equal(ClientState.Connected, client.State);
    }

    [Fact]
    public async Task A_callback_for_a_channel_that_throws_is_asked_again_and_one_without_a_token_ends_the_subscription()
    {
        var answers = new Queue<Func<string?>>(
            [static () => throw new HttpRequestException("the backend is away"), static () => null]);
        await using var client = server.NewClient(Way.WebSocketJson, options => options.Token = server.Tokens.Connection("ada"));
        var subscription = client.NewSubscription("$" + ClientServer.NewChannel(), new SubscriptionOptions
        {
            GetToken = (_, _) => ValueTask.FromResult(answers.Dequeue()()),
        });
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();

        Assert.Equal(ErrorCodes.SubscribeToken, (await events.Errors.NextAsync()).Exception.Code);
        Assert.Equal(new UnsubscribedEventArgs(UnsubscribedCodes.Unauthorized, "unauthorized"), await events.Unsubscribed.NextAsync());
    }

    [Fact]
    public async Task A_token_of_a_channel_is_refreshed_before_it_expires()
    {
        var time = new FakeTimeProvider();
        var calls = 0;
        var second = new TaskCompletionSource();
        var third = new TaskCompletionSource();
        await using var client = server.NewClient(Way.WebSocketJson, options =>
        {
            options.Token = server.Tokens.Connection("ada");
            options.TimeProvider = time;
            options.MaxServerPingDelay = TimeSpan.FromHours(1); // the server lives in another time
        });
        var subscription = client.NewSubscription("$" + ClientServer.NewChannel(), new SubscriptionOptions
        {
            GetToken = (channel, _) =>
            {
                if (++calls == 2) second.SetResult();
                if (calls == 3) third.SetResult();
                return ValueTask.FromResult<string?>(server.Tokens.Subscription("ada", channel, lifetime: TimeSpan.FromSeconds(100)));
            },
        });
        var events = new SubscriptionEvents(subscription);
        subscription.Subscribe();
        client.Connect();
        await events.Subscribed.NextAsync();

        time.Advance(TimeSpan.FromSeconds(91));

        await second.Task.WaitAsync(Patience.Limit);
        await Eventually.BecomesAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(third.Task.IsCompleted);
            },
            static isAsked => isAsked);
        Assert.Equal(SubscriptionState.Subscribed, subscription.State);
        Assert.Equal(1, events.Subscribing.Count);
    }
}
