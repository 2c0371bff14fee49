namespace Parley.AspNetCore.Sockets;

/// <summary>Whoever a socket belongs to.</summary>
internal interface ILoopHandler
{
    /// <summary>The socket became readable, writable or both since the last call. Called on the loop's thread; must not block.</summary>
    void OnReady(Readiness readiness);
}
