using Parley.AspNetCore.Api.Messages;

namespace Parley.AspNetCore.Api.Methods;

internal static class ChannelMethods
{
    public static async ValueTask<ApiPresenceResult> PresenceAsync(ApiChannelRequest request, ApiContext context)
    {
        var presence = await context.Parley.GetPresenceAsync(Channel(request), context.CancellationToken);
        return new ApiPresenceResult { Presence = presence.ToDictionary(static client => client.Key, static client => Info(client.Value)) };
    }

    public static async ValueTask<ApiPresenceStatsResult> PresenceStatsAsync(ApiChannelRequest request, ApiContext context)
    {
        var stats = await context.Parley.GetPresenceStatsAsync(Channel(request), context.CancellationToken);
        return new ApiPresenceStatsResult { NumClients = stats.Clients, NumUsers = stats.Users };
    }

    public static async ValueTask<ApiHistoryResult> HistoryAsync(ApiHistoryRequest request, ApiContext context)
    {
        var limit = request.Limit ?? 0;
        if (limit < -1)
            throw Refusal.BadRequest("limit is not -1 or more");
        var page = await context.Parley.GetHistoryAsync(
            Channel(request), limit, ApiContext.Position(request.Since), request.Reverse ?? false, context.CancellationToken);
        return new ApiHistoryResult
        {
            Publications = [.. page.Publications.Select(Publication)],
            Epoch = page.Top.Epoch,
            Offset = page.Top.Offset,
        };
    }

    public static async ValueTask<ApiEmptyResult> HistoryRemoveAsync(ApiChannelRequest request, ApiContext context)
    {
        await context.Parley.RemoveHistoryAsync(Channel(request), context.CancellationToken);
        return ApiEmptyResult.Instance;
    }

    public static async ValueTask<ApiChannelsResult> ChannelsAsync(ApiChannelsRequest request, ApiContext context)
    {
        var channels = await context.Parley.GetChannelsAsync(ApiContext.NullIfEmpty(request.Pattern), context.CancellationToken);
        return new ApiChannelsResult
        {
            Channels = channels.ToDictionary(static channel => channel.Key, static channel => new ChannelMessage { NumClients = channel.Value }),
        };
    }

    private static string Channel(ApiChannelRequest request) => ApiContext.Required(request.Channel, "channel");

    private static PublicationMessage Publication(Publication publication)
    {
        var (json, base64) = JsonBytes.Split(publication.Data);
        return new PublicationMessage
        {
            Data = json,
            Base64Data = base64,
            Info = publication.Info is { } info ? Info(info) : null,
            Offset = publication.Offset,
            Tags = publication.Tags is { Count: > 0 } ? publication.Tags : null,
        };
    }

    private static ClientInfoMessage Info(ClientInfo info)
    {
        var (connection, base64Connection) = JsonBytes.Split(info.ConnectionInfo);
        var (channel, base64Channel) = JsonBytes.Split(info.ChannelInfo);
        return new ClientInfoMessage
        {
            User = info.User,
            Client = info.Client,
            ConnInfo = connection,
            Base64ConnInfo = base64Connection,
            ChanInfo = channel,
            Base64ChanInfo = base64Channel,
        };
    }
}
