namespace Parley.AspNetCore.Protocols.Centrifuge.Recovery;

/// <summary>Tells whether two publications are written alike.</summary>
/// <remarks>A broker in memory gives the same object to all; one that reads from elsewhere makes equal ones.</remarks>
internal static class SamePublication
{
    public static bool Are(Publication one, Publication other) =>
        ReferenceEquals(one, other) ||
        (one.Offset == other.Offset && one.Epoch == other.Epoch && one.Version == other.Version
            && one.Data.Span.SequenceEqual(other.Data.Span) && Are(one.Info, other.Info) && Are(one.Tags, other.Tags));

    private static bool Are(ClientInfo? one, ClientInfo? other) =>
        ReferenceEquals(one, other) ||
        (one is not null && other is not null && one.User == other.User && one.Client == other.Client
            && one.ConnectionInfo.Span.SequenceEqual(other.ConnectionInfo.Span)
            && one.ChannelInfo.Span.SequenceEqual(other.ChannelInfo.Span));

    private static bool Are(IReadOnlyDictionary<string, string>? one, IReadOnlyDictionary<string, string>? other)
    {
        if (ReferenceEquals(one, other))
            return true;
        if (one is null || other is null || one.Count != other.Count)
            return false;

        foreach (var (key, value) in one)
        {
            if (!other.TryGetValue(key, out var its) || its != value)
                return false;
        }

        return true;
    }
}
