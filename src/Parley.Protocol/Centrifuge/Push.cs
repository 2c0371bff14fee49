namespace Parley.Protocol.Centrifuge;

/// <summary>What a server says unasked; holds one body.</summary>
/// <remarks>Unidirectional transports send it bare, others inside a <see cref="Reply"/>.</remarks>
public sealed class Push
{
    /// <summary>Stands for <see cref="Channel"/> when the subscription agreed on a numeric channel id; 0 when it did not.</summary>
    public long Id { get; set; }

    public string Channel { get; set; } = "";

    public Publication? Pub { get; set; }

    public Join? Join { get; set; }

    public Leave? Leave { get; set; }

    public Unsubscribe? Unsubscribe { get; set; }

    public Message? Message { get; set; }

    public Subscribe? Subscribe { get; set; }

    public Connect? Connect { get; set; }

    public Disconnect? Disconnect { get; set; }

    public Refresh? Refresh { get; set; }
}
