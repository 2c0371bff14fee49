namespace Parley.Protocol.Centrifuge;

/// <summary>Body of a request that carries commands for a connection whose own transport only goes from server to client.</summary>
public sealed class EmulationRequest
{
    /// <summary>Node that holds the connection, as in <see cref="ConnectResult.Node"/>.</summary>
    public string Node { get; set; } = "";

    /// <summary>Secret name of the connection, as in <see cref="ConnectResult.Session"/>.</summary>
    public string Session { get; set; } = "";

    /// <summary>A frame of commands.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }
}
