using System.Net;
using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Client;

/// <summary>Carries the messages of one client over one transport.</summary>
internal abstract class ClientLink(Network network, IPEndPoint server) : SocketHandler(network.Loop, server, network.Sources, network.Target.IsEncrypted)
{
    /// <summary>The end by the server's will, as it says it, that is taken from it without offence; null: none is.</summary>
    public string? ToleratedEnd { get; init; }

    /// <summary>True once the server knows that the client has left, or has gone away after it was told.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the client is about to leave, or takes no offence any more.</summary>
    public bool IsClosing { get; private set; }

    protected Network Network { get; } = network;

    /// <summary>Opens a link.</summary>
    /// <param name="network">What it is made with.</param>
    /// <param name="transport">Which kind.</param>
    /// <param name="opening">What the client begins with; only a WebSocket may have another path.</param>
    /// <param name="receiver">Takes what arrives.</param>
    public static ClientLink Open(Network network, Transport transport, Opening opening, IMessageReceiver receiver) => transport switch
    {
        Transport.HttpStream => new StreamLink(network, isEvents: false, opening.Message, receiver),
        Transport.Sse => new StreamLink(network, isEvents: true, opening.Message, receiver),
        Transport.LongPoll => new LongPollLink(network, opening.Message, receiver),
        _ => new WebSocketLink(network, opening, receiver),
    };

    /// <summary>Sends a message behind the first one.</summary>
    public abstract void SendMessage(ReadOnlySpan<byte> message);

    /// <summary>Leaves what arrives from now on to the kernel's buffers, and takes no offence when the server closes.</summary>
    public void StopReading()
    {
        IsClosing = true;
        PauseReading();
    }

    /// <summary>Tells the server that the client leaves; one that does not read just goes.</summary>
    public void BeginClose()
    {
        IsClosing = true;
        if (IsReadingPaused)
            OnEnded("left");
        else
            SayGoodbye();
    }

    protected abstract void SayGoodbye();

    protected override void OnEnded(string reason)
    {
        if (!IsClosing && reason != ToleratedEnd)
            throw new LoadTestException($"a connection ended: {reason}");

        HasEnded = true;
        Dispose();
    }
}
