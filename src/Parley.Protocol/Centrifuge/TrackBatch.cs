namespace Parley.Protocol.Centrifuge;

/// <summary>Keys that a client wants to follow, signed by the application.</summary>
public sealed class TrackBatch
{
    public string Signature { get; set; } = "";

    public IReadOnlyList<KeyedItem>? Items { get; set; }
}

/// <summary>A key, and the version of its state that the client has.</summary>
public sealed class KeyedItem
{
    public string Key { get; set; } = "";

    public ulong Version { get; set; }
}
