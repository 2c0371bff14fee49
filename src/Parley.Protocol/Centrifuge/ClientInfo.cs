namespace Parley.Protocol.Centrifuge;

/// <summary>Who is behind a session, as other clients see it.</summary>
public sealed class ClientInfo
{
    /// <summary>Empty for an anonymous user.</summary>
    public string User { get; set; } = "";

    public string Client { get; set; } = "";

    /// <summary>What the application attached to the connection.</summary>
    public ReadOnlyMemory<byte> ConnInfo { get; set; }

    /// <summary>What the application attached to the subscription.</summary>
    public ReadOnlyMemory<byte> ChanInfo { get; set; }
}
