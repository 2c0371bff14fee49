namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>The ways by which the transport gets at the bytes; every rule holds on each.</summary>
public enum HostKind
{
    /// <summary>The pipes of Kestrel's connection.</summary>
    Raw,

    /// <summary>The same, with the answers going to the socket, as they do once the client has sent something.</summary>
    Socket,

    /// <summary>The same, with TLS in between.</summary>
    Tls,

    /// <summary>A host that gives a stream and nothing else.</summary>
    Stream,

    /// <summary>A socket of Parley's, which has left Kestrel.</summary>
    Own,

    /// <summary>The same, with everything that may be sent by io_uring sent so, where the system permits it.</summary>
    IoUring,

    /// <summary>A socket of Parley's that stays in Kestrel, with TLS in between.</summary>
    OwnTls,
}
