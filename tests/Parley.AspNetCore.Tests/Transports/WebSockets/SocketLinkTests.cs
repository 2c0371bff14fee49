using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Tests.Sockets;
using Parley.AspNetCore.Transports.WebSockets;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>What a WebSocket is told of the input of a socket of its own.</summary>
public sealed class SocketLinkTests : IInputHandler, IDisposable
{
    private readonly SocketLoop _loop = new(minSendsTogether: 1, NullLogger.Instance);
    private readonly SemaphoreSlim _calls = new(0);
    private readonly Socket _client = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private SocketLink? _link;

    [Fact]
    public async Task Input_CallsWhoeverWaits_Once()
    {
        var link = Connect();
        Assert.False(link.TryRead(out _));
        Assert.True(link.TryWait(this));

        await SendAsync("hello");

        await CallAsync();
        Assert.Equal("hello", Read(link));
        Assert.False(link.TryRead(out _));
        Assert.Equal(0, _calls.CurrentCount);
    }

    [Fact]
    public async Task Input_ThatCameBeforeTheWait_CallsAsWell()
    {
        var link = Connect();
        await ReceiveAsync(link, "first");
        Assert.Equal("first", Read(link));
        await SendAsync("hello");

        Assert.True(link.TryWait(this));

        await CallAsync();
        Assert.Equal("hello", Read(link));
    }

    [Fact]
    public void Input_ThatCameWithTheHandshake_IsThereWithoutAWait()
    {
        var link = Connect("early");

        Assert.Equal("early", Read(link));
        Assert.False(link.TryRead(out _));
    }

    [Fact]
    public async Task Input_ThatIsLeft_ComesAgainInFrontOfWhatFollows()
    {
        var link = Connect("early");
        Assert.Equal("early", Read(link, left: 3));
        Assert.False(link.TryRead(out _));

        await ReceiveAsync(link, "later");
        Assert.Equal("rlylater", Read(link, left: 8));

        await ReceiveAsync(link, "!");
        Assert.Equal("rlylater!", Read(link));
    }

    [Fact]
    public void Wake_BeforeTheWait_TakesItsPlace_Once()
    {
        var link = Connect();

        link.Wake();

        Assert.False(link.TryWait(this));
        Assert.False(link.TryRead(out _));
        Assert.True(link.TryWait(this));
    }

    [Fact]
    public async Task Wake_DuringTheWait_CallsWithoutInput()
    {
        var link = Connect();
        Assert.True(link.TryWait(this));

        link.Wake();

        await CallAsync();
        Assert.False(link.TryRead(out _));
    }

    [Fact]
    public async Task WakesAmongInput_EndEachWaitOnce_AndLoseNothing()
    {
        const int Count = 3000;
        var link = Connect();
        var isDone = false;
        var waker = Task.Run(
            () =>
            {
                while (!Volatile.Read(ref isDone))
                    link.Wake();
            },
            TestContext.Current.CancellationToken);
        var sender = Task.Run(() => Repeat(Count, i => _client.Send([(byte)i])), TestContext.Current.CancellationToken);

        var received = new List<byte>();
        while (received.Count < Count)
        {
            if (link.TryRead(out var result))
            {
                received.AddRange(result.Buffer.ToArray());
                link.Keep(result.Buffer.Slice(result.Buffer.End));
            }
            else if (link.TryWait(this))
            {
                await CallAsync();
            }
        }

        Volatile.Write(ref isDone, true);
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => (byte)i), received);
        await Task.WhenAll(waker, sender);
        Assert.Equal(0, _calls.CurrentCount);
    }

    [Fact]
    public void LoopThatHasEnded_IsTheEndOfTheInput()
    {
        var link = Connect();
        _loop.Dispose();

        Assert.False(link.TryWait(this));

        Assert.True(link.TryRead(out var result));
        Assert.True(result.IsCompleted);
    }

    [Fact]
    public async Task ClientThatIsDone_IsTheEndOfTheInput_BehindItsBytes()
    {
        var link = Connect();
        await SendAsync("last");
        _client.Shutdown(SocketShutdown.Send);

        Assert.True(link.TryWait(this));
        await CallAsync();
        Assert.Equal("last", Read(link));
        if (!link.TryRead(out var result))
        {
            Assert.True(link.TryWait(this));
            await CallAsync();
            Assert.True(link.TryRead(out result));
        }

        Assert.True(result.IsCompleted);
    }

    [Fact]
    public async Task ClientThatResets_FailsTheRead()
    {
        var link = Connect();
        Assert.True(link.TryWait(this));

        _client.LingerState = new LingerOption(enable: true, seconds: 0);
        _client.Dispose();

        await CallAsync();
        Assert.Throws<IOException>(() => link.TryRead(out _));
    }

    [Fact]
    public async Task LinkThatIsComplete_EndsTheConnection()
    {
        var link = Connect();

        await link.CompleteAsync();
        await link.CompleteAsync();

        Assert.Empty(await _client.ReadAllAsync().WaitAsync(TestSession.Patience, TestContext.Current.CancellationToken));
        await _loop.WhenEmptyAsync().WaitAsync(TestSession.Patience, TestContext.Current.CancellationToken);
    }

    void IInputHandler.OnInput() => _calls.Release();

    public void Dispose()
    {
        _client.Dispose();
        _ = _link?.CompleteAsync();
        _loop.Dispose();
    }

    private static void Repeat(int count, Action<int> action)
    {
        for (var i = 0; i < count; i++)
            action(i);
    }

    /// <summary>All that there is to read, of which the last so many bytes are left.</summary>
    private static string Read(SocketLink link, int left = 0)
    {
        Assert.True(link.TryRead(out var result));
        var text = Encoding.ASCII.GetString(result.Buffer);
        link.Keep(result.Buffer.Slice(result.Buffer.Length - left));
        return text;
    }

    private async Task ReceiveAsync(SocketLink link, string text)
    {
        Assert.True(link.TryWait(this));
        await SendAsync(text);
        await CallAsync();
    }

    private async Task SendAsync(string text) => await _client.SendAsync(Encoding.ASCII.GetBytes(text));

    private async Task CallAsync() => Assert.True(await _calls.WaitAsync(TestSession.Patience));

    private SocketLink Connect(string early = "")
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client.Connect(listener.LocalEndPoint!);
        var accepted = listener.Accept();
        accepted.Blocking = false;
        var descriptor = (int)accepted.Handle;
        // The link closes it. Its first owner would even if it was disposed of now.
        accepted.SafeHandle.SetHandleAsInvalid();
        GC.SuppressFinalize(accepted);

        SocketLink? link = null;
        _loop.Add(descriptor, socket =>
        {
            link = new SocketLink(new TakenSocket(socket, Encoding.ASCII.GetBytes(early)));
            link.CreateOutput();
            return link;
        });
        return _link = link!;
    }
}
