using Parley.AspNetCore.Transports.Sending;
using Parley.Nodes;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>A client, its session, and the connection between them, with the real sender. Its commands come one at a time; all else from any thread.</summary>
internal sealed class StressClient : IConnection, ILink
{
    private readonly FrameSender _sender;
    private readonly IReadOnlyList<ChannelLedger> _channels;
    private readonly Jitter _jitter;
    private readonly Dictionary<int, StreamPosition> _last = [];
    private readonly int _maxQueuedBytes;
    private long _enqueuedBytes;

    public StressClient(
        string name, Node node, WireFormat format, StressNetwork network, IReadOnlyList<ChannelLedger> channels, Random random, Jitter jitter)
    {
        Name = name;
        _channels = channels;
        _jitter = jitter;
        Output = new StressOutput(network, new Random(random.Next()));
        _maxQueuedBytes = random.Next(4) switch { 0 => 2 * 1024, 1 => 16 * 1024, _ => 512 * 1024 };
        _sender = new FrameSender(this, Output, _maxQueuedBytes);
        Session = new Session(node, this, format, default, "127.0.0.1");
    }

    public string Name { get; }

    public Session Session { get; }

    public StressOutput Output { get; }

    public List<StressSubscription> Subscriptions { get; } = [];

    /// <summary>Subscriptions that it asked for and that ended while they began.</summary>
    public int CutShort { get; private set; }

    /// <summary>What the server did to it for no reason; null: nothing.</summary>
    public string? Breach { get; private set; }

    public string Transport => "stress";

    /// <summary>Whether nothing waits to be sent.</summary>
    public bool IsAtRest => Output.IsAtRest && _sender.DrainAsync().IsCompleted;

    public long QueuedBytes => _sender.QueuedBytes;

    public bool TryEnqueue(Frame frame)
    {
        Interlocked.Add(ref _enqueuedBytes, frame.Bytes.Length);
        return _sender.TryEnqueue(frame);
    }

    public void EnqueueFirst(Frame frame) => _sender.EnqueueFirst(frame);

    public Task DrainAsync() => _sender.DrainAsync();

    /// <summary>All that was enqueued has been sent.</summary>
    public void Rest() => Interlocked.Exchange(ref _enqueuedBytes, 0);

    public void Close(DisconnectReason reason)
    {
        if (reason.Code == DisconnectReason.Slow.Code && Interlocked.Read(ref _enqueuedBytes) is var bytes && bytes <= _maxQueuedBytes)
            Breach = $"{Name} was closed as slow with {bytes} bytes, of {_maxQueuedBytes} that may wait";
        if (reason.Code == DisconnectReason.ConnectionClosed.Code)
            _sender.TryFinish(default, dropQueued: false);
        else
            _sender.TryFinish(StressFormat.Write(new Received(ReceivedKind.Closed, Number: reason.Code)), reason.Code == DisconnectReason.Slow.Code);
    }

    /// <summary>The client went.</summary>
    public void Leave()
    {
        Session.OnClosed();
        _sender.TryFinish(default, dropQueued: true);
    }

    public async ValueTask ConnectAsync()
    {
        var outcome = await Session.ConnectAsync(new ConnectRequest());
        if (!outcome.Succeeded)
            throw new StressException($"{Name} cannot connect: {outcome.Error?.Message ?? outcome.Disconnect?.Reason}");
        await Session.GoLiveAsync();
    }

    /// <summary>Subscribes as a protocol would: what the client is told is put between the beginning and what follows.</summary>
    /// <param name="index">Of the channel.</param>
    /// <param name="wantsRecovery">Whether it wants what it missed since it was there last.</param>
    public async ValueTask SubscribeAsync(int index, bool wantsRecovery)
    {
        var number = Subscriptions.Count;
        var subscription = new StressSubscription(index, _channels[index].Delivered);
        var since = wantsRecovery && _last.TryGetValue(index, out var last) ? last : (StreamPosition?)null;
        var outcome = await Session.SubscribeAsync(new SubscribeRequest
        {
            Channel = _channels[index].Name,
            WantsPositioning = true,
            WantsJoinLeave = true,
            RecoverSince = since,
        });
        subscription.EverythingAfter = _channels[index].Begun;
        if (outcome.Value is not { } started)
        {
            if (outcome.Error is { } error && error != ClientError.AlreadySubscribed && error != ClientError.Internal)
                throw new StressException($"{Name} cannot subscribe: {error.Message}");
            CutShort += outcome.Error == ClientError.Internal ? 1 : 0;
            return;
        }

        var result = started.Result;
        subscription.RecoveredSince = result.Recovered ? since!.Value.Offset : null;
        subscription.Recovered = [.. result.Publications.Select(static publication => (StressFormat.ReadId(publication.Data.Span), publication.Offset))];
        if (result.IsPositioned)
        {
            subscription.NextOffset = result.Position.Offset + (ulong)result.Publications.Count + 1;
            _last[index] = result.Position with { Offset = subscription.NextOffset - 1 };
        }

        if (since is { } asked && !result.Recovered && result.Position.Offset - asked.Offset <= StressChannels.MaxRecovered)
            throw new StressException($"{Name} did not recover {_channels[index].Name} from {asked.Offset}");
        Subscriptions.Add(subscription);
        _jitter.Take();
        Session.Send(StressFormat.Write(new Received(ReceivedKind.Subscribed, index, number)));
        _jitter.Take();
        await Session.GoLiveAsync(started);
    }

    /// <summary>Unsubscribes as a protocol would.</summary>
    public async ValueTask UnsubscribeAsync(int index)
    {
        var number = Subscriptions.FindLastIndex(subscription => subscription.Channel == index);
        if (number < 0)
            return;
        var subscription = Subscriptions[number];
        var delivered = _channels[index].Delivered;
        await Session.UnsubscribeAsync(_channels[index].Name);
        if (subscription.NothingAfter < long.MaxValue)
            return;
        subscription.EverythingUpTo = delivered;
        subscription.NothingAfter = _channels[index].Begun;
        Session.Send(StressFormat.Write(new Received(ReceivedKind.Unsubscribed, index, number)));
    }

    void ILink.OnBroken() => Leave();

    void ILink.Cut() => throw new NotSupportedException();
}
