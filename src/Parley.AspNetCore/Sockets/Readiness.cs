namespace Parley.AspNetCore.Sockets;

/// <summary>What a socket has become ready for.</summary>
[Flags]
internal enum Readiness
{
    None = 0,

    /// <summary>There are bytes, the end of them, or an error to be read.</summary>
    Read = 1,

    /// <summary>There is room, or an error.</summary>
    Write = 2,
}
