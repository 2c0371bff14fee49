namespace Parley.Protocol.Centrifuge;

/// <summary>Publishes to a channel.</summary>
public sealed class PublishRequest
{
    public string Channel { get; set; } = "";

    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>0 stream, 1 map.</summary>
    public int Type { get; set; }

    /// <summary>What <see cref="Data"/> is the state of, in a map.</summary>
    public string Key { get; set; } = "";

    /// <summary>Takes the <see cref="Key"/> out of the map.</summary>
    public bool Removed { get; set; }
}

/// <summary>The publication is accepted.</summary>
public sealed class PublishResult;
