using Parley.Sessions;

namespace Parley.AspNetCore.Transports;

/// <summary>The protocol's side of one connection; a transport hands it the bytes that arrive.</summary>
/// <remarks>
/// The transport calls <see cref="ReceiveAsync"/> for one message after the other, and <see cref="OnClosed"/> exactly once, last.
/// </remarks>
internal interface IProtocolHandler
{
    /// <summary>Takes one message, which may hold several commands.</summary>
    /// <param name="message">Valid until the returned task completes; then the next message may be handed over.</param>
    ValueTask ReceiveAsync(ReadOnlyMemory<byte> message);

    /// <summary>Numbers of a message's commands, for transports that must put messages in order.</summary>
    CommandNumbers NumbersOf(ReadOnlyMemory<byte> message) => default;

    /// <summary>A pong of the transport's own arrived (WebSocket control frame).</summary>
    void OnPong();

    /// <summary>Whether the client was told that it may not connect: nothing follows, and a transport without a close frame ends.</summary>
    bool IsRefused { get; }

    /// <summary>The last frame for a client whose transport has no close frame that could carry code and reason.</summary>
    Frame Farewell(DisconnectReason reason);

    /// <summary>The link is gone, or closed by either side.</summary>
    void OnClosed();
}
