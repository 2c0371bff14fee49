namespace Parley;

/// <summary>One message in a channel.</summary>
/// <remarks>Immutable, and shared by all its readers: the arrays behind it must not be written to.</remarks>
public sealed class Publication
{
    /// <summary>The payload: one JSON value, or any bytes where all readers speak a binary protocol.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Whether <see cref="Data"/> has been found to be one JSON value, so that nobody need look again.</summary>
    internal bool IsKnownJson { get; init; }

    /// <summary>Its number in the channel's stream, rising by one; 0 when it is in no stream.</summary>
    public ulong Offset { get; init; }

    /// <summary>The stream's epoch; empty when <see cref="Offset"/> is 0.</summary>
    public string Epoch { get; init; } = "";

    /// <summary>The client that published it; null when it came from the application.</summary>
    public ClientInfo? Info { get; init; }

    /// <summary>Short labels of the application; null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Version of the state in <see cref="Data"/>, 0 when the publisher gave none.</summary>
    public ulong Version { get; init; }
}
