using System.Globalization;
using System.Text;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Transports;

/// <summary>Publications that are numbers.</summary>
internal static class TransportHostExtensions
{
    /// <summary>Publishes as the application.</summary>
    public static async Task PublishAsync(this ITransportHost host, string channel, int number) =>
        await host.Parley.PublishAsync(channel, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>All that a channel keeps.</summary>
    public static async Task<int[]> PublishedAsync(this ITransportHost host, string channel)
    {
        var page = await host.Parley.GetHistoryAsync(channel, limit: -1);
        return [.. page.Publications.Select(static one => NumberIn(one.Data))];
    }

    /// <summary>The number that was published.</summary>
    public static int NumberOf(this Wire.Publication publication) => NumberIn(publication.Data);

    private static int NumberIn(ReadOnlyMemory<byte> data) => int.Parse(Encoding.UTF8.GetString(data.Span), CultureInfo.InvariantCulture);
}
