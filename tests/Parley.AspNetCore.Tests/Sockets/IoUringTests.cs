using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Parley.AspNetCore.Sockets;

namespace Parley.AspNetCore.Tests.Sockets;

public sealed class IoUringTests : IDisposable
{
    private const int Capacity = 8;

    private readonly Socket _server;
    private readonly Socket _client;
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(4 * 1024 * 1024, pinned: true);
    private readonly List<(int Number, int Result)> _failures = [];

    public IoUringTests()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 4096 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        _client.Connect(listener.LocalEndPoint!);
        _server = listener.Accept();
        new Random(1).NextBytes(_bytes);
    }

    [Fact]
    public void Submit_WhatThereIsRoomFor_IsSentInOrderAndNotAnswered() => WithQueue(queue =>
    {
        for (var round = 0; round < 3; round++)
        {
            for (var number = 0; number < Capacity; number++)
                queue.Add((int)_server.Handle, Start + number, 1, number);
            Assert.Equal(Capacity, queue.Submit(_failures));
            Assert.Empty(_failures);

            Assert.Equal(_bytes[..Capacity], Receive(Capacity));
        }
    });

    [Fact]
    public void Submit_WhatThereIsNoRoomFor_SaysHowMuchWasSent() => WithQueue(queue =>
    {
        var sent = 0;
        while (_failures.LastOrDefault().Result >= 0)
        {
            queue.Add((int)_server.Handle, Start + sent, _bytes.Length - sent, 3);
            Assert.Equal(1, queue.Submit(_failures));
            var (number, result) = _failures[^1];
            Assert.Equal(3, number);
            sent += Math.Max(result, 0);
        }

        Assert.Equal(-Libc.Again, _failures[^1].Result);
        Assert.InRange(sent, 1, _bytes.Length - 1);
        Assert.Equal(_bytes[..sent], Receive(sent));
    });

    [Fact]
    public void Submit_ToADescriptorThatIsNoSocket_FailsThatOneAlone() => WithQueue(queue =>
    {
        queue.Add(int.MaxValue, Start, 1, 0);
        queue.Add((int)_server.Handle, Start + 1, 1, 1);

        Assert.Equal(2, queue.Submit(_failures));

        var (number, result) = Assert.Single(_failures);
        Assert.Equal(0, number);
        Assert.InRange(result, int.MinValue, -1);
        Assert.Equal(_bytes[1..2], Receive(1));
    });

    private nint Start => Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private byte[] Receive(int count)
    {
        var received = new byte[count];
        for (var at = 0; at < count;)
            at += _client.Receive(received, at, count - at, SocketFlags.None);
        return received;
    }

    /// <remarks>Where the system forbids it, there is nothing to see but that it says so.</remarks>
    private static void WithQueue(Action<IoUring> test)
    {
        IoUring queue;
        try
        {
            queue = new IoUring(Capacity);
        }
        catch (IOException exception)
        {
            Assert.Contains("io_uring", exception.Message, StringComparison.Ordinal);
            return;
        }

        using (queue)
            test(queue);
    }
}
