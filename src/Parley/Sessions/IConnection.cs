namespace Parley.Sessions;

/// <summary>One transport-level link to a client: a WebSocket, an HTTP stream, a run of long polls.</summary>
/// <remarks>Thread-safe. No method waits for the client.</remarks>
internal interface IConnection
{
    /// <summary>Name of the transport as clients and metrics know it: <c>websocket</c>.</summary>
    string Transport { get; }

    /// <summary>Bytes that wait for the client to read those before them; for metrics, so they may be a moment old.</summary>
    long QueuedBytes { get; }

    /// <summary>Hands over a frame to be written after all earlier ones.</summary>
    /// <returns>
    /// False when more bytes would wait than the connection may hold; the frame was not taken and the caller closes the
    /// session as slow. True on a connection that is closed: there is nothing left to do.
    /// </returns>
    bool TryEnqueue(Frame frame);

    /// <summary>Hands over a frame to be written before all that waits: a ping that stood in the queue of a slow client would come too late.</summary>
    void EnqueueFirst(Frame frame);

    /// <summary>Completes when nothing waits to be written, or the connection is broken.</summary>
    Task DrainAsync();

    /// <summary>Ends the connection after what is enqueued, with a code and reason. Only the first call counts.</summary>
    /// <param name="reason">What the client is told.</param>
    void Close(DisconnectReason reason);
}
