using System.Text.Json.Serialization;
using Parley.AspNetCore.Api.Messages;

namespace Parley.AspNetCore.Api;

/// <summary>
/// How the API's messages are read and written. Names are in snake case, a member given twice is refused, an unknown one ignored,
/// and depth is bounded by 64.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ApiPublishRequest))]
[JsonSerializable(typeof(ApiPublishResult))]
[JsonSerializable(typeof(ApiBroadcastRequest))]
[JsonSerializable(typeof(ApiBroadcastResult))]
[JsonSerializable(typeof(ApiSubscribeRequest))]
[JsonSerializable(typeof(ApiUnsubscribeRequest))]
[JsonSerializable(typeof(ApiDisconnectRequest))]
[JsonSerializable(typeof(ApiRefreshRequest))]
[JsonSerializable(typeof(ApiEmptyResult))]
[JsonSerializable(typeof(ApiChannelRequest))]
[JsonSerializable(typeof(ApiPresenceResult))]
[JsonSerializable(typeof(ApiPresenceStatsResult))]
[JsonSerializable(typeof(ApiHistoryRequest))]
[JsonSerializable(typeof(ApiHistoryResult))]
[JsonSerializable(typeof(ApiChannelsRequest))]
[JsonSerializable(typeof(ApiChannelsResult))]
[JsonSerializable(typeof(ApiInfoRequest))]
[JsonSerializable(typeof(ApiInfoResult))]
[JsonSerializable(typeof(ApiRpcRequest))]
[JsonSerializable(typeof(ApiRpcResult))]
[JsonSerializable(typeof(ApiBatchRequest))]
[JsonSerializable(typeof(ApiBatchResult))]
[JsonSerializable(typeof(LegacyCommand))]
[JsonSerializable(typeof(ApiError))]
internal sealed partial class ApiJson : JsonSerializerContext;
