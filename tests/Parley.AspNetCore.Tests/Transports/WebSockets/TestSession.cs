using System.Text;
using System.Threading.Channels;
using Parley.AspNetCore.Transports;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>Records what a transport tells the protocol, and checks that it keeps the order of the contract.</summary>
internal sealed class TestSession(
    IConnection connection, ClientContext context, Func<TestSession, ReadOnlyMemory<byte>, ValueTask>? onMessage) : IProtocolHandler
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<byte[]> _messages = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _pong = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isReceiving;
    private int _closes;
    private int _received;

    public IConnection Connection => connection;

    public ClientContext Context => context;

    /// <summary>Completes when the transport says that the connection is closed.</summary>
    public Task Closed => _closed.Task.WaitAsync(Patience);

    /// <summary>Completes with the first native pong.</summary>
    public Task Pong => _pong.Task.WaitAsync(Patience);

    /// <summary>How often the transport said so.</summary>
    public int Closes => Volatile.Read(ref _closes);

    /// <summary>Messages handed over so far.</summary>
    public int Messages => Volatile.Read(ref _received);

    /// <summary>A breach of the contract, or null.</summary>
    public string? Breach { get; private set; }

    public Task<byte[]> NextMessageAsync() => _messages.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public bool Send(ReadOnlySpan<byte> message) => connection.TryEnqueue(context.Framing.Create(message));

    public async ValueTask ReceiveAsync(ReadOnlyMemory<byte> message)
    {
        if (Closes > 0) Breach = "a message after OnClosed";
        if (Interlocked.Exchange(ref _isReceiving, 1) != 0) Breach = "two messages at once";
        Interlocked.Increment(ref _received);
        _messages.Writer.TryWrite(message.ToArray());
        try
        {
            if (onMessage is null)
                Send(message.Span);
            else
                await onMessage(this, message);
        }
        finally
        {
            Volatile.Write(ref _isReceiving, 0);
        }
    }

    public bool IsRefused => false;

    public Frame Farewell(DisconnectReason reason) => context.Framing.Create(Encoding.UTF8.GetBytes($"bye {reason.Code} {reason.Reason}"));

    public void OnPong()
    {
        if (Closes > 0) Breach = "a pong after OnClosed";
        _pong.TrySetResult();
    }

    public void OnClosed()
    {
        if (Interlocked.Increment(ref _closes) > 1) Breach = "OnClosed twice";
        if (Volatile.Read(ref _isReceiving) != 0) Breach = "OnClosed during a message";
        _closed.TrySetResult();
    }
}
