namespace Parley.Protocol.Centrifuge;

/// <summary>Somebody subscribed to the channel.</summary>
public sealed class Join
{
    public ClientInfo? Info { get; set; }
}

/// <summary>Somebody's subscription to the channel ended.</summary>
public sealed class Leave
{
    public ClientInfo? Info { get; set; }
}
