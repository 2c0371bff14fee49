using Parley.AspNetCore.Api.Messages;
using Parley.Brokers;

namespace Parley.AspNetCore.Api.Methods;

internal static class PublishMethods
{
    public static async ValueTask<ApiPublishResult> PublishAsync(ApiPublishRequest request, ApiContext context)
    {
        var channel = ApiContext.Required(request.Channel, "channel");
        var result = await context.Parley.PublishAsync(channel, Payload(request, context), Options(request), context.CancellationToken);
        return Result(result);
    }

    public static async ValueTask<ApiBroadcastResult> BroadcastAsync(ApiBroadcastRequest request, ApiContext context)
    {
        if (request.Channels is not { Count: > 0 })
            throw Refusal.BadRequest("channels are required");
        var channels = request.Channels.ConvertAll(static channel => channel ?? "");
        var results = await context.Parley.BroadcastAsync(channels, Payload(request, context), Options(request), context.CancellationToken);
        return new ApiBroadcastResult
        {
            Responses =
            [
                .. results.Select(static result => result switch
                {
                    { Error: { } error } => new BroadcastResponse { Error = ApiError.From(error) },
                    { Result: { } published } => new BroadcastResponse { Result = Result(published) },
                    _ => throw new InvalidOperationException("A broadcast answered neither a result nor an error."),
                }),
            ],
        };
    }

    private static ReadOnlyMemory<byte> Payload(PublicationContent request, ApiContext context)
    {
        var payload = context.Payload(request.Data, request.Base64Data, "data");
        return payload.IsEmpty ? throw Refusal.BadRequest("data or b64data is required") : payload;
    }

    private static PublishOptions Options(PublicationContent request) => new()
    {
        SkipHistory = request.SkipHistory ?? false,
        Tags = Tags(request.Tags),
        IdempotencyKey = ApiContext.NullIfEmpty(request.IdempotencyKey),
        Version = request.Version ?? 0,
        VersionEpoch = ApiContext.NullIfEmpty(request.VersionEpoch),
    };

    private static Dictionary<string, string>? Tags(Dictionary<string, string?>? tags) => tags is not { Count: > 0 }
        ? null
        : tags.ToDictionary(
            static tag => tag.Key, static tag => tag.Value ?? throw Refusal.BadRequest("tags have text as values"), StringComparer.Ordinal);

    public static ApiPublishResult Result(PublishResult result) => result.Position == StreamPosition.None
        ? new ApiPublishResult()
        : new ApiPublishResult { Offset = result.Position.Offset, Epoch = result.Position.Epoch };
}
