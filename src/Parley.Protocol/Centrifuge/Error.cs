namespace Parley.Protocol.Centrifuge;

/// <summary>Why a command failed.</summary>
public sealed class Error
{
    /// <summary>100 to 399 by the protocol, 400 to 1999 by the application.</summary>
    public uint Code { get; set; }

    public string Message { get; set; } = "";

    /// <summary>Whether the client should try again by itself.</summary>
    public bool Temporary { get; set; }
}
