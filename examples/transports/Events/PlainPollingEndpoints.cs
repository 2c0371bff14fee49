using System.Text.Json;
using Parley;

namespace Transports.Events;

/// <summary>What one has without any of this: a page that asks again and again.</summary>
internal static class PlainPollingEndpoints
{
    private const int MaxEvents = 500;

    public static void MapPlainPolling(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/poll", async (
        ulong? offset, string? epoch, IParley parley, CancellationToken cancellationToken) =>
    {
        var since = offset is { } known ? new StreamPosition(known, epoch ?? "") : (StreamPosition?)null;
        var page = await parley.GetHistoryAsync(EventSource.Channel, since is null ? 0 : MaxEvents, since, cancellationToken: cancellationToken);
        return Results.Json(new
        {
            offset = page.Publications is [.., var last] ? last.Offset : page.Top.Offset,
            epoch = page.Top.Epoch,
            events = page.Publications.Select(static one => JsonSerializer.Deserialize<JsonElement>(one.Data.Span)),
        });
    });
}
