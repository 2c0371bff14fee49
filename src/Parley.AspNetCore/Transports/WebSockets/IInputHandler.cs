namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>Whoever reads a <see cref="SocketLink"/>.</summary>
internal interface IInputHandler
{
    /// <summary>
    /// There is input to read, its end, a failure, or nothing but a reason to look at other things (<see cref="WebSocketLink.Wake"/>). Called once
    /// for each wait that began, on the thread of the socket's loop or one of the pool; must not block, and must not throw.
    /// </summary>
    void OnInput();
}
