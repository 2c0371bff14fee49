namespace Parley.Client;

/// <summary>One message in a channel.</summary>
public sealed record Publication
{
    /// <summary>The payload: in <see cref="ProtocolFormat.Json"/> one JSON value as UTF-8. It stays valid and is never written to.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Number in the channel's stream, rising by one; 0 when the channel keeps no history.</summary>
    public ulong Offset { get; init; }

    /// <summary>The client that published it; null when it came from the application.</summary>
    public ClientInfo? Info { get; init; }

    /// <summary>Short labels that the publisher gave; empty when none.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = NoTags;

    /// <summary>When it was published; null when the server does not tell.</summary>
    public DateTimeOffset? Time { get; init; }

    internal static readonly IReadOnlyDictionary<string, string> NoTags = new Dictionary<string, string>();
}
