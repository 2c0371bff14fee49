using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.EndToEnd.Tests.Clients;

/// <summary>A client of the official SDK, or of Parley.Client in the same role.</summary>
internal sealed class SdkClient(ISdkDriver driver, string name) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SdkSubscription> _subscriptions = new();
    private int _tokenQuestions;

    /// <summary>What the client itself tells: connecting, connected, disconnected, error, and all of server-side subscriptions.</summary>
    public SdkEvents Events { get; } = new(name);

    /// <summary>Gives it a new token when it wants one.</summary>
    public Func<string?>? Token { get; init; }

    /// <summary>How often it wanted a new token.</summary>
    public int TokenQuestions => Volatile.Read(ref _tokenQuestions);

    /// <summary>Begins to connect.</summary>
    public Task StartConnectingAsync() => OrderAsync("connect");

    /// <summary>Connects, and waits until it is connected.</summary>
    public async Task<SdkConnected> ConnectAsync()
    {
        await StartConnectingAsync();
        return await ConnectedAsync();
    }

    /// <summary>Disconnects, and waits until it is disconnected.</summary>
    public async Task DisconnectAsync()
    {
        await OrderAsync("disconnect");
        await DisconnectedAsync();
    }

    public Task<SdkConnected> ConnectedAsync() => Events.NextAsync<SdkConnected>("connected");

    /// <summary>Waits until it (re)connects, and says why.</summary>
    public Task<SdkReason> ConnectingAsync() => Events.NextAsync<SdkReason>("connecting");

    /// <summary>Waits until it is disconnected for good, and says why.</summary>
    public Task<SdkReason> DisconnectedAsync() => Events.NextAsync<SdkReason>("disconnected");

    /// <summary>Makes a subscription, which does not subscribe yet.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="token">Its token; null: none.</param>
    /// <param name="getToken">Gives it a new token.</param>
    /// <param name="options">Further options of the SDK, as <c>recoverable</c>.</param>
    public async Task<SdkSubscription> OpenSubscriptionAsync(
        string channel, string? token = null, Func<string?>? getToken = null, JsonObject? options = null)
    {
        var subscription = new SdkSubscription(this, name, channel) { Token = getToken };
        _subscriptions[channel] = subscription;
        var parameters = options?.DeepClone().AsObject() ?? [];
        parameters["channel"] = channel;
        parameters["asksForToken"] = getToken is not null;
        if (token is not null)
            parameters["token"] = token;
        await OrderAsync("open_subscription", parameters);
        return subscription;
    }

    /// <summary>Subscribes, and waits until it is subscribed.</summary>
    public async Task<SdkSubscription> SubscribeAsync(string channel, string? token = null, JsonObject? options = null)
    {
        var subscription = await OpenSubscriptionAsync(channel, token, options: options);
        await subscription.SubscribeAsync();
        return subscription;
    }

    public Task PublishAsync(string channel, JsonNode? data) => OrderAsync("publish", new() { ["channel"] = channel, ["data"] = data });

    public Task SendAsync(JsonNode? data) => OrderAsync("send", new() { ["data"] = data });

    public Task RpcAsync(string method, JsonNode? data) => OrderAsync("rpc", new() { ["method"] = method, ["data"] = data });

    public Task<SdkPresence> PresenceAsync(string channel) => OrderAsync<SdkPresence>("presence", new() { ["channel"] = channel });

    public Task<SdkPresenceStats> PresenceStatsAsync(string channel) =>
        OrderAsync<SdkPresenceStats>("presenceStats", new() { ["channel"] = channel });

    public Task<SdkHistory> HistoryAsync(string channel, int limit, SdkPosition? since = null, bool reverse = false) =>
        OrderAsync<SdkHistory>("history", new()
        {
            ["channel"] = channel,
            ["limit"] = limit,
            ["reverse"] = reverse,
            ["since"] = since is null ? null : new JsonObject { ["offset"] = since.Offset, ["epoch"] = since.Epoch },
        });

    /// <summary>How many commands were in each WebSocket message that it sent.</summary>
    public Task<int[]> SentCommandsAsync() => OrderAsync<int[]>("sentCommands", []);

    public async ValueTask DisposeAsync() => await OrderAsync("close");

    internal SdkEvents EventsOf(string? channel) => channel is null ? Events : _subscriptions[channel].Events;

    internal string? AnswerTokenQuestion(string? channel)
    {
        if (channel is not null)
            return _subscriptions[channel].AnswerTokenQuestion();
        Interlocked.Increment(ref _tokenQuestions);
        return Token!();
    }

    internal void Fail(Exception exception)
    {
        Events.Fail(exception);
        foreach (var subscription in _subscriptions.Values)
            subscription.Events.Fail(exception);
    }

    internal async Task OrderAsync(string order, JsonObject? parameters = null) => await OrderAsync<JsonElement?>(order, parameters ?? []);

    private async Task<T> OrderAsync<T>(string order, JsonObject parameters)
    {
        parameters["client"] = name;
        var result = await driver.OrderAsync(order, parameters);
        return result.Deserialize<T>(JsonSerializerOptions.Web)!;
    }
}
