using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>A client of the Centrifuge protocol over a WebSocket. Its commands come one after the other; what it is told is read meanwhile.</summary>
internal sealed class SocketStressClient(string name, SocketStressHost host, Random random)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly long _deliveredBefore = host.DeliveredBytes;
    private readonly bool _isBinary = random.Next(2) == 0;
    private readonly int? _receiveBuffer = random.Next(2) == 0 ? 8 * 1024 : null;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, (Action<Reply> Take, TaskCompletionSource<bool> Done)> _calls = [];
    private readonly Dictionary<int, StressSubscription> _open = [];
    private readonly Dictionary<int, long> _lastIds = [];
    private readonly Dictionary<int, StreamPosition> _positions = [];
    private SocketStressLink _link = null!;
    private Task _reading = Task.CompletedTask;
    private TaskCompletionSource? _stall;
    private bool _hasStalled;
    private bool _hasClosed;
    private bool _hasEnded;
    private uint _lastCall;

    private CentrifugeCodec Codec => _isBinary ? CentrifugeCodec.Protobuf : CentrifugeCodec.Json;

    public string Name => name;

    public string Id { get; private set; } = "";

    /// <summary>Subscriptions that it asked for and that ended while they began.</summary>
    public int CutShort { get; private set; }

    public List<Received> Received { get; } = [];

    public List<StressSubscription> Subscriptions { get; } = [];

    public bool HasEnded
    {
        get
        {
            lock (_gate)
                return _hasEnded;
        }
    }

    /// <summary>What it still has to get of what was published; null: nothing.</summary>
    public string? Missing
    {
        get
        {
            lock (_gate)
            {
                foreach (var (index, subscription) in _hasEnded ? [] : _open)
                {
                    var channel = host.Channels[index];
                    var mustArrive = subscription.NextOffset > 0
                        ? channel.OffsetOf(channel.Delivered) >= subscription.NextOffset
                        : channel.Delivered > subscription.EverythingAfter;
                    if (mustArrive && _lastIds.GetValueOrDefault(index) != channel.LastId)
                        return $"{name} waits for {channel.LastId} of {channel.Name}";
                }

                return null;
            }
        }
    }

    /// <returns>False when it was closed before it was connected.</returns>
    public async Task<bool> OpenAsync()
    {
        _link = await SocketStressLink.OpenAsync(host, _isBinary, _receiveBuffer);
        _reading = ReadAsync();
        return await CallAsync(new Command { Connect = new ConnectRequest() }, reply => Id = Answer("connect", reply, reply.Connect).Client);
    }

    public Task SubscribeAsync(int index, bool wantsRecovery)
    {
        var channel = host.Channels[index];
        var subscription = new StressSubscription(index, channel.Delivered);
        StreamPosition? since = wantsRecovery && _positions.TryGetValue(index, out var position) ? position : null;
        return CallAsync(
            new Command
            {
                Subscribe = new SubscribeRequest
                {
                    Channel = channel.Name,
                    Positioned = true,
                    JoinLeave = true,
                    Recover = since is not null,
                    Offset = since?.Offset ?? 0,
                    Epoch = since?.Epoch ?? "",
                },
            },
            reply => OnSubscribed(subscription, since, reply));
    }

    public Task UnsubscribeAsync(int index)
    {
        var channel = host.Channels[index];
        var number = Subscriptions.FindLastIndex(subscription => subscription.Channel == index);
        var delivered = channel.Delivered;
        return CallAsync(new Command { Unsubscribe = new UnsubscribeRequest { Channel = channel.Name } }, reply =>
        {
            Answer("unsubscribe", reply, reply.Unsubscribe);
            if (number < 0 || Subscriptions[number].NothingAfter < long.MaxValue)
                return;
            Subscriptions[number].EverythingUpTo = delivered;
            Subscriptions[number].NothingAfter = channel.Begun;
            Received.Add(new Received(ReceivedKind.Unsubscribed, index, number));
            _open.Remove(index);
        });
    }

    /// <summary>Publishes, without waiting for one answer before the next command.</summary>
    public Task PublishAsync(int index, IEnumerable<byte[]> payloads) => CallAsync([.. payloads.Select(payload => (
        new Command { Publish = new PublishRequest { Channel = host.Channels[index].Name, Data = payload } },
        (Action<Reply>)(reply => Answer("publish", reply, reply.Publish))))]);

    /// <summary>Reads nothing until <see cref="Resume"/>.</summary>
    public void Stall()
    {
        _hasStalled = true;
        Interlocked.CompareExchange(ref _stall, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);
    }

    public void Resume() => Interlocked.Exchange(ref _stall, null)?.SetResult();

    public async Task CloseAsync()
    {
        _hasClosed = true;
        Resume();
        try
        {
            await _link.CloseAsync().WaitAsync(Patience);
        }
        catch (Exception exception) when (exception is not TimeoutException)
        {
            // The server was first.
        }

        await EndAsync();
    }

    public Task ResetAsync()
    {
        Resume();
        _link.Reset();
        return EndAsync();
    }

    /// <summary>Waits until the connection has ended. Throws what went wrong while it was read.</summary>
    public Task EndAsync() => _reading.WaitAsync(Patience);

    private Task<bool> CallAsync(Command command, Action<Reply> take) => CallAsync([(command, take)]);

    /// <returns>False when the connection has ended instead.</returns>
    private async Task<bool> CallAsync(List<(Command Command, Action<Reply> Take)> calls)
    {
        Resume();
        var output = new ArrayBufferWriter<byte>();
        var done = new List<Task<bool>>();
        lock (_gate)
        {
            if (_hasEnded)
                return false;
            foreach (var (command, take) in calls)
            {
                command.Id = ++_lastCall;
                Codec.WriteCommand(output, command);
                if (!_isBinary)
                    output.Write("\n"u8);
                var call = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                _calls.Add(command.Id, (take, call));
                done.Add(call.Task);
            }
        }

        try
        {
            await _link.SendAsync(output.WrittenMemory, _isBinary).WaitAsync(Patience);
            return (await Task.WhenAll(done).WaitAsync(Patience)).All(static isAnswered => isAnswered);
        }
        catch (TimeoutException)
        {
            throw new StressException($"{name} got no answer to {calls[0].Command.Id}");
        }
        catch (Exception exception) when (exception is not StressException)
        {
            // The connection ends: its reader learns it too.
            await EndAsync();
            return false;
        }
    }

    private async Task ReadAsync()
    {
        Exception? failure = null;
        try
        {
            while (await _link.ReceiveAsync() is var (message, code))
            {
                if (Volatile.Read(ref _stall) is { } stall)
                    await stall.Task;
                lock (_gate)
                {
                    if (message is not { } replies)
                    {
                        OnClosed(code);
                        break;
                    }

                    while (Codec.ReadReply(ref replies, out var reply) == ReplyStatus.Reply)
                        Take(reply!);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or WebSocketException or ObjectDisposedException)
        {
            // The link is broken, by this client or the server.
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            _link.Dispose();
            lock (_gate)
            {
                _hasEnded = true;
                foreach (var (_, done) in _calls.Values)
                {
                    if (failure is null)
                        done.SetResult(false);
                    else
                        done.SetException(failure);
                }
            }
        }
    }

    private void Take(Reply reply)
    {
        if (reply.Id > 0 && _calls.TryGetValue(reply.Id, out var call))
        {
            call.Take(reply); // while it still waits: where this fails, so does the call
            _calls.Remove(reply.Id);
            call.Done.SetResult(true);
        }

        if (reply.Push is not { } push)
            return;
        var index = StressChannels.IndexOf(push.Channel);
        if (push.Pub is { } publication)
        {
            _lastIds[index] = SocketStressHost.ReadId(publication.Data.Span);
            Received.Add(new Received(ReceivedKind.Publication, index, _lastIds[index], publication.Offset));
        }
        else if (push.Unsubscribe is { } unsubscribe)
        {
            var number = unsubscribe.Code == 2000 ? long.Parse(unsubscribe.Reason, CultureInfo.InvariantCulture) : -unsubscribe.Code;
            Received.Add(new Received(ReceivedKind.UnsubscribedByServer, index, number));
            _open.Remove(index);
        }
        else
        {
            Received.Add(new Received(ReceivedKind.JoinOrLeave, index));
        }
    }

    private void OnClosed(int code)
    {
        Received.Add(new Received(ReceivedKind.Closed, Number: code));
        if (code == (int)WebSocketCloseStatus.NormalClosure && !_hasClosed)
            throw new StressException($"{name} was closed with {code}, and had not said that it leaves");
        // One that reads may be slow, too, on a machine that has no time for it; but not before there was more for it than may wait.
        var bytes = host.DeliveredBytes - _deliveredBefore;
        if (code == Sessions.DisconnectReason.Slow.Code && !_hasStalled && bytes <= SocketStressHost.MaxQueuedBytes)
            throw new StressException($"{name} was closed as slow, with no more than {bytes} bytes for it");
    }

    private T Answer<T>(string command, Reply reply, T? answer)
        where T : class =>
        answer ?? throw new StressException($"{name} cannot {command}: {reply.Error?.Code} {reply.Error?.Message}");

    private void OnSubscribed(StressSubscription subscription, StreamPosition? since, Reply reply)
    {
        if (reply.Subscribe is not { } result)
        {
            // 105: subscribed already; 100: the server ended it as it began.
            if (reply.Error is not { Code: 105 or 100 })
                throw new StressException($"{name} cannot subscribe: {reply.Error?.Message}");
            CutShort += reply.Error.Code == 100 ? 1 : 0;
            return;
        }

        var publications = result.Publications ?? [];
        subscription.EverythingAfter = host.Channels[subscription.Channel].Begun;
        if (result.Positioned)
        {
            subscription.NextOffset = result.Offset + (ulong)publications.Count + 1;
            subscription.RecoveredSince = result.Recovered ? since!.Value.Offset : null;
            subscription.Recovered = [.. publications.Select(static publication => (SocketStressHost.ReadId(publication.Data.Span), publication.Offset))];
            _positions[subscription.Channel] = new StreamPosition(subscription.NextOffset - 1, result.Epoch);
        }

        Received.Add(new Received(ReceivedKind.Subscribed, subscription.Channel, Subscriptions.Count));
        Subscriptions.Add(subscription);
        _open[subscription.Channel] = subscription;
    }
}
