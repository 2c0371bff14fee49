namespace Parley.Protocol.Centrifuge;

/// <summary>Brings a new token of a subscription, or changes the keys that a shared poll subscription follows.</summary>
public sealed class SubRefreshRequest
{
    public string Channel { get; set; } = "";

    public string Token { get; set; } = "";

    /// <summary>0 refresh, 1 track, 2 untrack.</summary>
    public int Type { get; set; }

    public IReadOnlyList<TrackBatch>? Track { get; set; }

    /// <summary>Keys.</summary>
    public IReadOnlyList<string>? Untrack { get; set; }
}

/// <summary>The token or the change is accepted.</summary>
public sealed class SubRefreshResult
{
    public bool Expires { get; set; }

    /// <summary>Seconds until the subscription expires.</summary>
    public uint Ttl { get; set; }

    /// <summary>State of tracked keys that is newer than the client's.</summary>
    public IReadOnlyList<Publication>? Items { get; set; }
}
