using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.AspNetCore.Transports.Events;

/// <summary>The id of an event: where the client stands in every channel, as <c>CHANNEL=OFFSET.EPOCH&amp;CHANNEL=OFFSET.EPOCH</c>.</summary>
internal static class EventId
{
    /// <summary>Begins the line of an event that has one.</summary>
    public const string Line = "id: ";

    /// <summary>In place of a position: the client is no longer in the channel.</summary>
    public const string Gone = "-";

    public static string Format(ulong offset, string epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"{offset}.{Uri.EscapeDataString(epoch)}");

    /// <summary>One channel's part; ASCII, whatever the channel's name.</summary>
    public static string Pair(string channel, string position) => $"{Uri.EscapeDataString(channel)}={position}";

    /// <summary>Reads an id that a client sent back.</summary>
    /// <returns>False when it is not one.</returns>
    public static bool TryRead(string id, [NotNullWhen(true)] out Dictionary<string, StreamPosition>? positions)
    {
        positions = new Dictionary<string, StreamPosition>(StringComparer.Ordinal);
        foreach (var pair in id.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var point = pair.IndexOf('.', Math.Max(equals, 0));
            if (equals <= 0 || point < 0
                || !ulong.TryParse(pair.AsSpan(equals + 1, point - equals - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                positions = null;
                return false;
            }

            positions[Uri.UnescapeDataString(pair[..equals])] = new StreamPosition(offset, Uri.UnescapeDataString(pair[(point + 1)..]));
        }

        return true;
    }
}
