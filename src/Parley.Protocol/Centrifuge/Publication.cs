namespace Parley.Protocol.Centrifuge;

/// <summary>One message in a channel.</summary>
public sealed class Publication
{
    /// <summary>The payload, or a patch of the previous one when <see cref="Delta"/> is set.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>The client that published it; null when it came from the application.</summary>
    public ClientInfo? Info { get; set; }

    /// <summary>Number in the channel's stream; 0 when it is in no stream.</summary>
    public ulong Offset { get; set; }

    public IReadOnlyDictionary<string, string>? Tags { get; set; }

    public bool Delta { get; set; }

    /// <summary>Unix time in milliseconds; 0 when not told.</summary>
    public long Time { get; set; }

    /// <summary>The channel it was published to, when the subscription is to a pattern.</summary>
    public string Channel { get; set; } = "";

    /// <summary>What <see cref="Data"/> is the state of, in keyed subscriptions.</summary>
    public string Key { get; set; } = "";

    /// <summary>The <see cref="Key"/> is gone.</summary>
    public bool Removed { get; set; }

    /// <summary>Order of the <see cref="Key"/> among others.</summary>
    public long Score { get; set; }

    /// <summary>The stream's epoch, told with the first publication of a stream.</summary>
    public string Epoch { get; set; } = "";

    /// <summary>Goes between nodes only.</summary>
    public ReadOnlyMemory<byte> PrevData { get; set; }

    /// <summary>Version of the state in <see cref="Data"/>; 0 when the publisher gave none.</summary>
    public ulong Version { get; set; }
}
