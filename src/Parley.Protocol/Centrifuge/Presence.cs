namespace Parley.Protocol.Centrifuge;

/// <summary>Asks who is in a channel.</summary>
public sealed class PresenceRequest
{
    public string Channel { get; set; } = "";
}

/// <summary>Who is in a channel.</summary>
public sealed class PresenceResult
{
    /// <summary>By id of the session.</summary>
    public IReadOnlyDictionary<string, ClientInfo>? Presence { get; set; }
}

/// <summary>Asks how many are in a channel.</summary>
public sealed class PresenceStatsRequest
{
    public string Channel { get; set; } = "";
}

/// <summary>How many are in a channel.</summary>
public sealed class PresenceStatsResult
{
    public uint NumClients { get; set; }

    /// <summary>Different users.</summary>
    public uint NumUsers { get; set; }
}
