using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Client.Connections;

/// <summary>Messages of the protocol as the application sees them.</summary>
internal static class WireConversion
{
    public static Publication ToPublication(this Wire.Publication publication) => new()
    {
        Data = publication.Data,
        Offset = publication.Offset,
        Info = publication.Info?.ToClientInfo(),
        Tags = publication.Tags ?? Publication.NoTags,
        Time = publication.Time > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(publication.Time) : null,
    };

    public static ClientInfo ToClientInfo(this Wire.ClientInfo info) => new(info.User, info.Client, info.ConnInfo, info.ChanInfo);

    public static SubscribedEventArgs ToEventArgs(this Wire.SubscribeResult result) => new()
    {
        WasRecovering = result.WasRecovering,
        Recovered = result.Recovered,
        IsRecoverable = result.Recoverable,
        IsPositioned = result.Positioned,
        Position = PositionOf(result),
        Data = result.Data,
    };

    public static StreamPosition? PositionOf(Wire.SubscribeResult result) =>
        result.Recoverable || result.Positioned ? new StreamPosition(result.Offset, result.Epoch) : null;

    public static HistoryPage ToHistoryPage(this Wire.HistoryResult result) => new(
        [.. (result.Publications ?? []).Select(ToPublication)], new StreamPosition(result.Offset, result.Epoch));
}
