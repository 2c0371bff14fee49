namespace Parley.AspNetCore.Sockets;

/// <summary>A feature of connections whose socket can be taken out of the web server, which then forgets them.</summary>
internal interface ISocketSource
{
    /// <summary>Whether nothing lies between the web server and the socket.</summary>
    bool CanTake { get; }

    /// <summary>Takes the socket. The request has to end afterwards; what it writes from now on is lost.</summary>
    ValueTask<TakenSocket> TakeAsync();
}
