using System.Threading.Channels;
using Parley.AspNetCore.Transports;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>A protocol of the tests: it answers each message with the same, unless a test wants something else.</summary>
internal sealed class TestProtocol : IClientProtocol
{
    private readonly Channel<TestSession> _opened = Channel.CreateUnbounded<TestSession>();

    /// <summary>What to do with a message; null: echo.</summary>
    public Func<TestSession, ReadOnlyMemory<byte>, ValueTask>? OnMessage { get; set; }

    /// <summary>Called when a connection begins.</summary>
    public Action? OnOpen { get; set; }

    public IProtocolHandler Open(IConnection connection, ClientContext context)
    {
        OnOpen?.Invoke();
        var session = new TestSession(connection, context, OnMessage);
        _opened.Writer.TryWrite(session);
        return session;
    }

    /// <summary>The next connection's session.</summary>
    public Task<TestSession> NextAsync() => _opened.Reader.ReadAsync().AsTask().WaitAsync(TestSession.Patience);
}
