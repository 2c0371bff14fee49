using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Client.Subscriptions;

/// <summary>Where a subscription stands in its channel's stream.</summary>
internal sealed class RecoveryState
{
    /// <summary>An epoch that no stream has: asks the server to say that nothing can be recovered.</summary>
    private const string NoEpoch = "_";

    /// <summary>Whether to ask for what was missed.</summary>
    public bool IsRecoverable { get; private set; }

    public ulong Offset { get; private set; }

    public string Epoch { get; private set; } = "";

    public bool IsLive { get; set; }

    /// <summary>The subscription began here.</summary>
    public void Begin(bool isRecoverable, ulong offset, string epoch)
    {
        (IsRecoverable, Offset, Epoch) = (isRecoverable, offset, epoch);
        IsLive = true;
    }

    /// <summary>The application says where it stands.</summary>
    public void StartFrom(StreamPosition position) => (IsRecoverable, Offset, Epoch) = (true, position.Offset, position.Epoch);

    public void Advance(Wire.Publication publication)
    {
        if (publication.Offset > 0) Offset = publication.Offset;
        // Comes with the first publication of a stream, which did not exist when the subscription began.
        if (publication.Epoch.Length > 0) Epoch = publication.Epoch;
    }

    /// <summary>What was read so far is no longer true.</summary>
    public void Invalidate()
    {
        if (IsRecoverable) (Offset, Epoch) = (0, NoEpoch);
    }
}
