namespace Parley.Protocol.Centrifuge;

/// <summary>Calls a method of the application.</summary>
public sealed class RPCRequest
{
    public ReadOnlyMemory<byte> Data { get; set; }

    public string Method { get; set; } = "";
}

/// <summary>What the application answered.</summary>
public sealed class RPCResult
{
    public ReadOnlyMemory<byte> Data { get; set; }
}
