using System.Collections.Frozen;
using Parley.AspNetCore.Api.Messages;
using Parley.AspNetCore.Api.Methods;

namespace Parley.AspNetCore.Api;

/// <summary>The methods of the server API. Source of names and shapes: Centrifuge protocol v2, server HTTP API.</summary>
internal static class ApiMethods
{
    public static ApiMethod Publish { get; } = new ApiMethod<ApiPublishRequest, ApiPublishResult>(
        "publish", "Publishes to a channel.", """{"channel":"chat:index","data":{"text":"hello"}}""",
        PublishMethods.PublishAsync);

    public static IReadOnlyList<ApiMethod> All { get; } =
    [
        Publish,
        new ApiMethod<ApiBroadcastRequest, ApiBroadcastResult>(
            "broadcast", "Publishes the same data to many channels.", """{"channels":["chat:1","chat:2"],"data":{"text":"hello"}}""",
            PublishMethods.BroadcastAsync),
        new ApiMethod<ApiSubscribeRequest, ApiEmptyResult>(
            "subscribe", "Subscribes the sessions of a user to a channel.", """{"user":"42","channel":"chat:index"}""",
            SessionMethods.SubscribeAsync),
        new ApiMethod<ApiUnsubscribeRequest, ApiEmptyResult>(
            "unsubscribe", "Ends subscriptions of a user's sessions.", """{"user":"42","channel":"chat:index"}""",
            SessionMethods.UnsubscribeAsync),
        new ApiMethod<ApiDisconnectRequest, ApiEmptyResult>(
            "disconnect", "Closes the sessions of a user.", """{"user":"42","disconnect":{"code":4501,"reason":"account closed"}}""",
            SessionMethods.DisconnectAsync),
        new ApiMethod<ApiRefreshRequest, ApiEmptyResult>(
            "refresh", "Changes when the sessions of a user expire.", """{"user":"42","expire_at":4102444800}""",
            SessionMethods.RefreshAsync),
        new ApiMethod<ApiChannelRequest, ApiPresenceResult>(
            "presence", "Who is in a channel.", """{"channel":"chat:index"}""",
            ChannelMethods.PresenceAsync),
        new ApiMethod<ApiChannelRequest, ApiPresenceStatsResult>(
            "presence_stats", "How many are in a channel.", """{"channel":"chat:index"}""",
            ChannelMethods.PresenceStatsAsync),
        new ApiMethod<ApiHistoryRequest, ApiHistoryResult>(
            "history", "Reads the publications that a channel keeps.", """{"channel":"chat:index","limit":10,"reverse":true}""",
            ChannelMethods.HistoryAsync),
        new ApiMethod<ApiChannelRequest, ApiEmptyResult>(
            "history_remove", "Removes the publications that a channel keeps; its offset and epoch stay.", """{"channel":"chat:index"}""",
            ChannelMethods.HistoryRemoveAsync),
        new ApiMethod<ApiChannelsRequest, ApiChannelsResult>(
            "channels", "Channels with subscribers, over all nodes.", """{"pattern":"chat:*"}""",
            ChannelMethods.ChannelsAsync),
        new ApiMethod<ApiInfoRequest, ApiInfoResult>(
            "info", "The nodes and what they carry.", "{}",
            ServerMethods.InfoAsync),
        new ApiMethod<ApiRpcRequest, ApiRpcResult>(
            "rpc", "Calls a procedure of the application. Nothing takes these calls yet: the answer is error 108.",
            """{"method":"add","params":[1,2]}""",
            ServerMethods.RpcAsync),
        new ApiMethod<ApiBatchRequest, ApiBatchResult>(
            "batch", "Carries out many commands in one request; each succeeds or fails by itself.",
            """{"commands":[{"publish":{"channel":"chat:1","data":1}},{"presence_stats":{"channel":"chat:1"}}]}""",
            BatchMethod.BatchAsync)
        {
            IsBatchable = false,
            HasBareResult = true,
        },
    ];

    private static FrozenDictionary<string, ApiMethod> ByName { get; } = All.ToFrozenDictionary(static method => method.Name, StringComparer.Ordinal);

    public static ApiMethod? Find(string name) => ByName.GetValueOrDefault(name);
}
