using System.ComponentModel;
using System.Net.Sockets;

namespace Parley.AspNetCore.Sockets;

/// <summary>Linux's error numbers as the framework's exceptions.</summary>
internal static class SocketErrors
{
    private const int BrokenPipe = 32;
    private const int ConnectionAborted = 103;
    private const int ConnectionReset = 104;
    private const int TimedOut = 110;

    public static SocketException ToException(int error) => new(
        (int)(error switch
        {
            BrokenPipe or ConnectionReset => SocketError.ConnectionReset,
            ConnectionAborted => SocketError.ConnectionAborted,
            TimedOut => SocketError.TimedOut,
            _ => SocketError.SocketError,
        }),
        new Win32Exception(error).Message);
}
