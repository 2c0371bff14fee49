using System.Buffers;
using System.Threading.Channels;
using Parley.Protocol.Centrifuge;

namespace Parley.Client.Connections;

/// <summary>Commands on their way out. Those that wait together leave in one frame.</summary>
internal sealed class Outbox(CentrifugeCodec codec)
{
    /// <summary>Servers take messages of 64 KiB by default.</summary>
    private const int MaxFrameBytes = 48 * 1024;

    /// <summary>Servers bound these, too.</summary>
    private const int MaxFrameCommands = 256;

    private readonly Channel<(Command Command, TaskCompletionSource? Sent)> _commands =
        Channel.CreateUnbounded<(Command, TaskCompletionSource?)>(new() { SingleReader = true });

    /// <summary>A connection is failed by whoever ends it, also while its writer takes a frame.</summary>
    private readonly Lock _gate = new();

    private readonly ArrayBufferWriter<byte> _frame = new();
    private readonly ArrayBufferWriter<byte> _next = new();
    private readonly List<TaskCompletionSource> _sent = [];

    /// <param name="command">Not touched afterwards.</param>
    /// <param name="sent">Completed when the command was handed to the network.</param>
    /// <returns>Whether the connection still sends.</returns>
    public bool TryAdd(Command command, TaskCompletionSource? sent = null) => _commands.Writer.TryWrite((command, sent));

    /// <summary>Waits for commands.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _commands.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes as many commands as go into one frame; valid until the next call.</summary>
    public ReadOnlyMemory<byte> TakeFrame()
    {
        lock (_gate)
        {
            _frame.ResetWrittenCount();
            for (var count = 0; count < MaxFrameCommands && _commands.Reader.TryPeek(out var item); count++)
            {
                _next.ResetWrittenCount();
                if (count > 0 && !codec.IsBinary) _next.Write("\n"u8);
                codec.WriteCommand(_next, item.Command);
                if (count > 0 && _frame.WrittenCount + _next.WrittenCount > MaxFrameBytes) break;
                _frame.Write(_next.WrittenSpan);
                _commands.Reader.TryRead(out _);
                if (item.Sent is not null) _sent.Add(item.Sent);
            }

            return _frame.WrittenMemory;
        }
    }

    /// <summary>The frame that was taken last has left.</summary>
    public void MarkSent()
    {
        lock (_gate)
        {
            foreach (var sent in _sent) sent.TrySetResult();
            _sent.Clear();
        }
    }

    /// <summary>Nothing leaves any more.</summary>
    public void Fail(ParleyException failure)
    {
        _commands.Writer.TryComplete();
        lock (_gate)
        {
            while (_commands.Reader.TryRead(out var item))
                if (item.Sent is not null) _sent.Add(item.Sent);
            foreach (var sent in _sent) sent.TrySetException(failure);
            _sent.Clear();
        }
    }
}
