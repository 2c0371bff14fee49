namespace Parley.Protocol.Centrifuge;

/// <summary>Asks for publications that a channel keeps.</summary>
public sealed class HistoryRequest
{
    public string Channel { get; set; } = "";

    /// <summary>Most publications to return; 0 for the position alone, negative for all that the server gives.</summary>
    public int Limit { get; set; }

    /// <summary>The position to begin after; null for an end of the stream.</summary>
    public StreamPosition? Since { get; set; }

    /// <summary>Newest first.</summary>
    public bool Reverse { get; set; }
}

/// <summary>Publications that a channel keeps, and the top of its stream.</summary>
public sealed class HistoryResult
{
    public IReadOnlyList<Publication>? Publications { get; set; }

    public string Epoch { get; set; } = "";

    public ulong Offset { get; set; }
}
