namespace Parley.Protocol.Centrifuge;

/// <summary>Ends a subscription.</summary>
public sealed class UnsubscribeRequest
{
    public string Channel { get; set; } = "";
}

/// <summary>The subscription ended.</summary>
public sealed class UnsubscribeResult;

/// <summary>The server ended a subscription.</summary>
public sealed class Unsubscribe
{
    /// <summary>Below 2500 for good; from 2500 the client subscribes again.</summary>
    public uint Code { get; set; }

    public string Reason { get; set; } = "";
}
