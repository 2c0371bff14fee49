using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Parley.AspNetCore.Sockets;

/// <summary>A queue that the kernel takes many sends of in one call, and answers only those that failed.</summary>
/// <remarks>
/// Every send is done when <see cref="Submit"/> returns: none is waited for, as none may wait. For one thread.
/// Source: io_uring(7), io_uring_setup(2), io_uring_enter(2).
/// </remarks>
internal sealed unsafe class IoUring : SafeHandleZeroOrMinusOneIsInvalid
{
    private const byte SendOperation = 26;
    private const byte SkipSuccess = 1 << 6;
    private const uint SingleMap = 1;
    private const uint CanSkipSuccess = 1 << 11;
    private const int ParametersSize = 120;
    private const int EntrySize = 64;
    private const int AnswerSize = 16;
    private const nint RingsOffset = 0;
    private const nint EntriesOffset = 0x1000_0000;

    private readonly byte* _rings;
    private readonly nuint _ringsLength;
    private readonly byte* _entries;
    private readonly nuint _entriesLength;
    private readonly uint* _head;
    private readonly uint* _tail;
    private readonly uint _mask;
    private readonly uint* _answerHead;
    private readonly uint* _answerTail;
    private readonly uint _answerMask;
    private readonly byte* _answers;

    /// <param name="capacity">Sends that one call takes; a power of two.</param>
    /// <exception cref="IOException">The kernel has no such queue, or one that is too old, or forbids it.</exception>
    public IoUring(int capacity)
        : base(ownsHandle: true)
    {
        Capacity = capacity;
        var parameters = stackalloc byte[ParametersSize];
        new Span<byte>(parameters, ParametersSize).Clear();
        SetHandle(Libc.SystemCall(Libc.IoUringSetup, capacity, (nint)parameters, 0, 0, 0, 0));
        if (IsInvalid)
            throw Failed("io_uring_setup");
        var said = new Said(new ReadOnlySpan<byte>(parameters, ParametersSize));
        if ((said.Features & (SingleMap | CanSkipSuccess)) != (SingleMap | CanSkipSuccess))
            throw new IOException("io_uring of this kernel cannot leave out the answers to what succeeded (Linux 5.17)");

        _ringsLength = Math.Max(said.Indexes + (said.Capacity * sizeof(uint)), said.Answers + (said.AnswerCapacity * AnswerSize));
        _rings = Map(_ringsLength, RingsOffset);
        _entriesLength = said.Capacity * EntrySize;
        _entries = Map(_entriesLength, EntriesOffset);
        _head = (uint*)(_rings + said.Head);
        _tail = (uint*)(_rings + said.Tail);
        _mask = *(uint*)(_rings + said.Mask);
        _answerHead = (uint*)(_rings + said.AnswerHead);
        _answerTail = (uint*)(_rings + said.AnswerTail);
        _answerMask = *(uint*)(_rings + said.AnswerMask);
        _answers = _rings + said.Answers;
        for (var i = 0u; i < said.Capacity; i++)
            ((uint*)(_rings + said.Indexes))[i] = i;
    }

    public int Capacity { get; }

    /// <summary>Puts a send into the queue, which has room.</summary>
    /// <param name="descriptor">Of a socket, open until the next <see cref="Submit"/>.</param>
    /// <param name="bytes">Their address, valid until then.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="number">By which the answer is known.</param>
    public void Add(int descriptor, nint bytes, int length, int number)
    {
        var tail = *_tail;
        var entry = _entries + ((tail & _mask) * EntrySize);
        new Span<byte>(entry, EntrySize).Clear();
        entry[0] = SendOperation;
        entry[1] = SkipSuccess;
        *(int*)(entry + 4) = descriptor;
        *(ulong*)(entry + 16) = (ulong)bytes;
        *(uint*)(entry + 24) = (uint)length;
        // A send in part is a failure that says how much was sent; without "wait for all" it would pass for a success.
        *(uint*)(entry + 28) = Libc.MsgNoSignal | Libc.MsgDoNotWait | Libc.MsgWaitAll;
        *(ulong*)(entry + 32) = (ulong)number;
        Volatile.Write(ref *_tail, tail + 1);
    }

    /// <summary>Does all sends of the queue.</summary>
    /// <param name="failures">Those that were not done in full: number, and bytes that were sent, or an error below zero.</param>
    /// <returns>How many of the queue's sends, from its beginning, the kernel has taken. The others are forgotten.</returns>
    public int Submit(List<(int Number, int Result)> failures)
    {
        var count = *_tail - Volatile.Read(ref *_head);
        var left = count;
        while (left > 0)
        {
            var taken = Libc.SystemCall(Libc.IoUringEnter, handle, (nint)left, 0, 0, 0, 0);
            if (taken < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
                continue;
            TakeAnswers(failures);
            if (taken <= 0)
                break;
            left -= (uint)taken;
        }

        Volatile.Write(ref *_tail, Volatile.Read(ref *_head));
        return (int)(count - left);
    }

    protected override bool ReleaseHandle()
    {
        if (_rings != null)
            _ = Libc.Unmap(_rings, _ringsLength);
        if (_entries != null)
            _ = Libc.Unmap(_entries, _entriesLength);
        return Libc.Close((int)handle) == 0;
    }

    private static IOException Failed(string call) => new($"{call} failed: {SocketErrors.ToException(Marshal.GetLastPInvokeError()).Message}");

    private byte* Map(nuint length, nint offset)
    {
        var address = Libc.Map(0, length, Libc.ProtectionReadWrite, Libc.MapSharedPopulated, (int)handle, offset);
        return (nint)address == -1 ? throw Failed("mmap") : address;
    }

    private void TakeAnswers(List<(int Number, int Result)> failures)
    {
        var head = *_answerHead;
        for (var tail = Volatile.Read(ref *_answerTail); head != tail; head++)
        {
            var answer = _answers + ((head & _answerMask) * AnswerSize);
            failures.Add(((int)*(ulong*)answer, *(int*)(answer + sizeof(ulong))));
        }

        Volatile.Write(ref *_answerHead, head);
    }

    /// <summary>What the kernel says of a queue: <c>struct io_uring_params</c>.</summary>
    private readonly ref struct Said(ReadOnlySpan<byte> parameters)
    {
        private readonly ReadOnlySpan<byte> _parameters = parameters;

        public uint Capacity => At(0);

        public uint AnswerCapacity => At(4);

        public uint Features => At(20);

        public uint Head => At(40);

        public uint Tail => At(44);

        public uint Mask => At(48);

        public uint Indexes => At(64);

        public uint AnswerHead => At(80);

        public uint AnswerTail => At(84);

        public uint AnswerMask => At(88);

        public uint Answers => At(100);

        private uint At(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_parameters[offset..]);
    }
}
