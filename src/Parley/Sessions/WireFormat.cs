namespace Parley.Sessions;

/// <summary>Turns what the engine says to clients into frames of one protocol over one transport framing.</summary>
/// <remarks>
/// One instance per process and format. The engine knows that formats exist, so that it makes a frame once per publication and
/// format, and not which ones.
/// </remarks>
internal abstract class WireFormat
{
    /// <summary>Name of the protocol for metrics and the application: <c>json</c> or <c>protobuf</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Frame of a publication; null when the payload cannot be said in this format.</summary>
    public abstract Frame? Publication(string channel, Publication publication);

    /// <summary>Frame of a join.</summary>
    public abstract Frame Join(string channel, ClientInfo info);

    /// <summary>Frame of a leave.</summary>
    public abstract Frame Leave(string channel, ClientInfo info);

    /// <summary>Frame that ends a subscription from the server's side.</summary>
    public abstract Frame Unsubscribe(string channel, UnsubscribeReason reason);

    /// <summary>Frame that begins a server-side subscription on a live session.</summary>
    public abstract Frame Subscribe(string channel, SubscribeResult result);

    /// <summary>Frame that tells a client its connection's expiry was changed by the server.</summary>
    /// <param name="expires">Whether the client must refresh.</param>
    /// <param name="ttl">Seconds until it expires; 0 when it does not.</param>
    public abstract Frame Refresh(bool expires, uint ttl);
}
