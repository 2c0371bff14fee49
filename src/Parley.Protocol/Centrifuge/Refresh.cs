namespace Parley.Protocol.Centrifuge;

/// <summary>Brings a new token before the old one expires.</summary>
public sealed class RefreshRequest
{
    public string Token { get; set; } = "";
}

/// <summary>The token is accepted.</summary>
public sealed class RefreshResult
{
    /// <summary>Id of the session.</summary>
    public string Client { get; set; } = "";

    /// <summary>Version of the server.</summary>
    public string Version { get; set; } = "";

    public bool Expires { get; set; }

    /// <summary>Seconds until the session expires.</summary>
    public uint Ttl { get; set; }
}

/// <summary>The server changed when the session expires.</summary>
public sealed class Refresh
{
    public bool Expires { get; set; }

    /// <summary>Seconds until the session expires.</summary>
    public uint Ttl { get; set; }
}
