using Parley.Client.Connections;
using Parley.Client.Dispatch;
using Parley.Client.Transports;
using Parley.Protocol.Centrifuge;
using Parley.Testing;

namespace Parley.Client.Tests.Connections;

public sealed class ConnectionEndTests
{
    [Fact]
    public async Task What_the_server_said_counts_though_a_command_could_not_be_sent_any_more()
    {
        var gate = new Lock();
        var dispatcher = new EventDispatcher(static _ => { });
        var transport = new ClosingTransport();
        await using var connection = new Connection(
            ClientTransport.WebSocket, transport, CentrifugeCodec.Json, TimeProvider.System, Patience.Limit, gate);
        lock (gate) connection.Send(new Command { Connect = new ConnectRequest() }, static (_, _) => { });
        var running = connection.RunAsync(static (_, _) => { }, dispatcher);

        await transport.Opened.WaitAsync(Patience.Limit);
        lock (gate) connection.TrySend(new Command());
        await transport.Refused.WaitAsync(Patience.Limit);
        transport.LetEnd();

        Assert.Equal(3012u, (await running.WaitAsync(Patience.Limit)).Code);
    }

    /// <summary>The server has closed, and the client writes before it has read that.</summary>
    private sealed class ClosingTransport : IClientTransport
    {
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Opened => _opened.Task;

        public Task Refused => _refused.Task;

        public CloseReason? Closed { get; private set; }

        public void LetEnd() => _end.SetResult();

        public Task OpenAsync(ReadOnlyMemory<byte> firstFrame, CancellationToken cancellationToken)
        {
            _opened.SetResult();
            return Task.CompletedTask;
        }

        public void Accept(string session, string node)
        {
        }

        public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
        {
            _refused.SetResult();
            throw new IOException("The other end has closed.");
        }

        public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
        {
            await _end.Task;
            Closed = CloseReason.FromCode(3012, "no pong");
            return null;
        }

        public ValueTask<bool> CloseAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
