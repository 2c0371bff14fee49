using Parley.Sessions;

namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Whose bytes are sent together with those of others, at the end of a <see cref="FlushRound"/>.</summary>
/// <remarks>One of the three is called for each send, on the thread of the round, which holds no lock.</remarks>
internal interface IRoundSender
{
    /// <summary>All was sent.</summary>
    void OnSentWithOthers();

    /// <summary>It was sent in part.</summary>
    /// <param name="rest">What there was no room for. Valid until this returns.</param>
    void OnSentInPart(ReadOnlySpan<byte> rest);

    /// <summary>It could not be sent: the link is broken.</summary>
    void OnSendFailed();
}
