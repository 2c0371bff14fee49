using Parley.Client.Connections;

namespace Parley.Client.Transports;

/// <summary>Carries frames of commands to a server and frames of replies back, for one connection.</summary>
/// <remarks>
/// One call of <see cref="SendAsync"/> and one of <see cref="ReceiveAsync"/> run at a time. A broken network is an exception of any kind.
/// </remarks>
internal interface IClientTransport : IAsyncDisposable
{
    /// <summary>Opens the connection and sends the first frame, which begins with the connect command.</summary>
    /// <exception cref="TransportRefusedException">A server answered, but does not want it now.</exception>
    Task OpenAsync(ReadOnlyMemory<byte> firstFrame, CancellationToken cancellationToken);

    /// <summary>The connection was accepted. Transports that send apart need to name it.</summary>
    void Accept(string session, string node);

    /// <summary>Sends a frame; in order with others.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);

    /// <summary>The next frame of whole replies, in memory of its own; null at the end.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>What the transport itself said at its end; null when nothing.</summary>
    CloseReason? Closed { get; }

    /// <summary>Says goodbye where that can be said.</summary>
    /// <returns>Whether <see cref="ReceiveAsync"/> then ends because the server answers.</returns>
    ValueTask<bool> CloseAsync(CancellationToken cancellationToken);
}
