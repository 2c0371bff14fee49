using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Client;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Clients.DotNet;

/// <summary>Obeys the orders for one client with Parley.Client, and tells its events in the words of the official SDK.</summary>
internal sealed class DotNetDriver : ISdkDriver
{
    private readonly ParleyClient _client;
    private readonly HttpClient _http;
    private readonly SdkClient _told;

    private DotNetDriver(string name, SdkWay way, Uri address, SdkClientOptions options, TestCertificate certificate)
    {
        _told = new SdkClient(this, name) { Token = options.GetToken };
        _http = DotNetClients.NewHttpClient(certificate);
        _client = new ParleyClient(address, DotNetClients.NewOptions(way, options, _http, certificate, () => _told.AnswerTokenQuestion(channel: null)));
        DotNetEvents.Forward(_client, _told.Events);
    }

    /// <summary>Makes a client, which does not connect yet.</summary>
    public static SdkClient Open(string name, SdkWay way, Uri address, SdkClientOptions options, TestCertificate certificate) =>
        new DotNetDriver(name, way, address, options, certificate)._told;

    public async Task<JsonElement> OrderAsync(string order, JsonObject parameters)
    {
        try
        {
            return DotNetContexts.ToElement(await ObeyAsync(order, parameters));
        }
        catch (ParleyException exception)
        {
            throw new SdkException((int)exception.Code, DotNetContexts.MessageOf(exception), exception.IsTemporary);
        }
    }

    private async Task<object?> ObeyAsync(string order, JsonObject parameters)
    {
        switch (order)
        {
            case "close":
                await _client.DisposeAsync();
                _http.Dispose();
                return null;
            case "connect":
                _client.Connect();
                return null;
            case "disconnect":
                _client.Disconnect();
                return null;
            case "open_subscription":
                OpenSubscription(parameters);
                return null;
            case "subscribe":
                SubscriptionOf(parameters).Subscribe();
                return null;
            case "unsubscribe":
                SubscriptionOf(parameters).Unsubscribe();
                return null;
            case "publish":
                await _client.PublishAsync(ChannelOf(parameters), DataOf(parameters)).WaitAsync(Patience.Limit);
                return null;
            case "send":
                await SendAsync(DataOf(parameters));
                return null;
            case "rpc":
                return DotNetContexts.ValueOf(
                    await _client.RpcAsync(parameters["method"]!.GetValue<string>(), DataOf(parameters)).WaitAsync(Patience.Limit));
            case "presence":
                return DotNetContexts.Of(await _client.PresenceAsync(ChannelOf(parameters)).WaitAsync(Patience.Limit));
            case "presenceStats":
                return DotNetContexts.Of(await _client.PresenceStatsAsync(ChannelOf(parameters)).WaitAsync(Patience.Limit));
            case "history":
                return await ReadHistoryAsync(parameters);
            default:
                throw new NotSupportedException($"Parley.Client has nothing for {order}.");
        }
    }

    private async Task SendAsync(byte[] data)
    {
        try
        {
            await _client.SendAsync(data).WaitAsync(Patience.Limit);
        }
        catch (ParleyException exception) when (exception.Code == ErrorCodes.ConnectionClosed)
        {
            // The end of the connection overtook the request that carried the message. The official SDK does not wait for it.
        }
    }

    private async Task<object> ReadHistoryAsync(JsonObject parameters)
    {
        var channel = ChannelOf(parameters);
        var page = await _client.HistoryAsync(channel, new HistoryOptions
        {
            Limit = parameters["limit"]!.GetValue<int>(),
            Reverse = parameters["reverse"]!.GetValue<bool>(),
            Since = PositionOf(parameters["since"]),
        }).WaitAsync(Patience.Limit);
        return DotNetContexts.Of(channel, page);
    }

    private void OpenSubscription(JsonObject parameters)
    {
        var channel = ChannelOf(parameters);
        var options = new SubscriptionOptions
        {
            Token = parameters["token"]?.GetValue<string>() ?? "",
            Recoverable = parameters["recoverable"]?.GetValue<bool>() ?? false,
            JoinLeave = parameters["joinLeave"]?.GetValue<bool>() ?? false,
            Since = PositionOf(parameters["since"]),
        };
        if (parameters["asksForToken"]!.GetValue<bool>())
            options.GetToken = (_, _) => ValueTask.FromResult(_told.AnswerTokenQuestion(channel));
        DotNetEvents.Forward(_client.NewSubscription(channel, options), _told.EventsOf(channel));
    }

    private Subscription SubscriptionOf(JsonObject parameters) => _client.GetSubscription(ChannelOf(parameters))!;

    private static string ChannelOf(JsonObject parameters) => parameters["channel"]!.GetValue<string>();

    private static byte[] DataOf(JsonObject parameters) => JsonSerializer.SerializeToUtf8Bytes(parameters["data"]);

    private static StreamPosition? PositionOf(JsonNode? position) => position is null
        ? null
        : new StreamPosition(JsonSerializer.Deserialize<ulong>(position["offset"]), position["epoch"]!.GetValue<string>());
}
