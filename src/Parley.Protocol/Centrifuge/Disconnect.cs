namespace Parley.Protocol.Centrifuge;

/// <summary>The server ends the connection; for transports that cannot say so themselves.</summary>
public sealed class Disconnect
{
    /// <summary>3000 to 3499 and 4000 to 4499: come back; 3500 to 3999 and 4500 to 4999: do not.</summary>
    public uint Code { get; set; }

    public string Reason { get; set; } = "";

    /// <summary>Of version 1 of the protocol; the <see cref="Code"/> says it.</summary>
    public bool Reconnect { get; set; }
}
