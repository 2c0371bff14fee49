namespace Parley.Protocol.Centrifuge;

/// <summary>Compression dictionary of a connection.</summary>
public sealed class Dictionary
{
    /// <summary>Derived from the content, so that a client can keep it.</summary>
    public string Id { get; set; } = "";

    /// <summary>The compressed content in binary formats; empty when the client has it.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>The compressed content in JSON; empty when the client has it.</summary>
    public string DataB64 { get; set; } = "";
}
