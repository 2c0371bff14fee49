namespace Parley.Client;

/// <summary>How messages are written on the wire.</summary>
public enum ProtocolFormat
{
    /// <summary>Payloads are JSON values, and are embedded as they are.</summary>
    Json,

    /// <summary>Protocol Buffers: smaller, and payloads may be any bytes if the server takes them.</summary>
    Protobuf,
}
