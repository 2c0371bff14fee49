namespace Parley.LoadTest.Client;

/// <summary>What a client begins with.</summary>
/// <param name="Message">Its first message; empty when the server speaks first.</param>
internal sealed record Opening(byte[] Message)
{
    /// <summary>Path and query of its WebSocket; null: that of the target.</summary>
    public string? Path { get; init; }

    /// <summary>Whether its messages are binary ones.</summary>
    public bool IsBinary { get; init; }
}
