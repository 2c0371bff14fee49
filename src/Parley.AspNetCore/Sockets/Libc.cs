using System.Runtime.InteropServices;

namespace Parley.AspNetCore.Sockets;

/// <summary>The few calls of the C library that sockets need beyond what the framework offers, and the values of Linux that they take.</summary>
/// <remarks>Source: the manual pages of section 2, and the kernel's headers for x64 and arm64, which differ in nothing that is used here but <see cref="EventSize"/>.</remarks>
internal static unsafe partial class Libc
{
    public const int MsgDoNotWait = 0x40;
    public const int MsgWaitAll = 0x100;
    public const int MsgNoSignal = 0x4000;
    public const int ShutdownBoth = 2;
    public const int SocketLevel = 1;
    public const int Linger = 13;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;

    public const int DuplicateAndCloseOnExec = 1030;

    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const uint EpollIn = 0x1;
    public const uint EpollOut = 0x4;
    public const uint EpollError = 0x8;
    public const uint EpollHangUp = 0x10;
    public const uint EpollPeerHangUp = 0x2000;
    public const uint EpollEdgeTriggered = 0x8000_0000;

    public const nint IoUringSetup = 425;
    public const nint IoUringEnter = 426;
    public const int ProtectionReadWrite = 0x3;
    public const int MapSharedPopulated = 0x8001;

    public const int Interrupted = 4;
    public const int Again = 11;
    public const int ConnectionAborted = 103;

    /// <summary>Bytes of <c>struct epoll_event</c>, which is packed on x64 only.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Where in it the user's data begins.</summary>
    public static readonly int EventData = EventSize - sizeof(ulong);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int descriptor, byte* address, uint* length, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int value);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int ResourceLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int descriptor, int level, int name, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int LocalAddress(int descriptor, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    /// <summary>A call that the C library has no function for. Its numbers here are the same on all processors.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial byte* Map(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(byte* address, nuint length);
}
