namespace Parley.Protocol.Centrifuge;

/// <summary>Where in a channel's history a reader stands.</summary>
public sealed class StreamPosition
{
    public ulong Offset { get; set; }

    public string Epoch { get; set; } = "";
}
