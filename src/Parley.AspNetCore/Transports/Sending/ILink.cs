namespace Parley.AspNetCore.Transports.Sending;

/// <summary>The connection that a <see cref="FrameSender"/> sends for.</summary>
internal interface ILink
{
    /// <summary>The client is gone, or what leads to it has failed. Called once at most, on a thread of its own, without locks.</summary>
    void OnBroken();

    /// <summary>Cuts a client that did not end the connection in time. May throw when it has ended by itself meanwhile.</summary>
    void Cut();
}
