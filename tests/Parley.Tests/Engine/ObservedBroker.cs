using System.Collections.Concurrent;
using Parley.Brokers;

namespace Parley.Tests.Engine;

/// <summary>A broker that tells when channels were left, and can lose events, fail, and be held up on the way.</summary>
internal sealed class ObservedBroker(IBroker inner) : IBroker, IBrokerEvents
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _left = new();
    private IBrokerEvents? _events;

    /// <summary>Runs in every history read, after the position was taken.</summary>
    public Func<Task>? AfterHistoryRead { get; set; }

    /// <summary>Publications for which this holds do not reach the node.</summary>
    public Func<Publication, bool> Loses { get; set; } = static _ => false;

    public bool IsDown { get; set; }

    public int PositionReads { get; private set; }

    /// <summary>Completes when the node has left a channel.</summary>
    public Task Left(string channel) => Source(channel).Task.WaitAsync(TimeSpan.FromSeconds(30));

    public ValueTask StartAsync(IBrokerEvents events, CancellationToken cancellationToken = default)
    {
        _events = events;
        return inner.StartAsync(this, cancellationToken);
    }

    public ValueTask<PublishResult> PublishAsync(
        string channel, BrokerPublishRequest request, CancellationToken cancellationToken = default)
    {
        CheckUp();
        return inner.PublishAsync(channel, request, cancellationToken);
    }

    public ValueTask PublishJoinAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default) =>
        inner.PublishJoinAsync(channel, info, cancellationToken);

    public ValueTask PublishLeaveAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default) =>
        inner.PublishLeaveAsync(channel, info, cancellationToken);

    public ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken = default)
    {
        CheckUp();
        return inner.SubscribeAsync(channel, cancellationToken);
    }

    public async ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken = default)
    {
        await inner.UnsubscribeAsync(channel, cancellationToken);
        Source(channel).TrySetResult();
    }

    public async ValueTask<HistoryPage> ReadHistoryAsync(
        string channel, HistoryQuery query, CancellationToken cancellationToken = default)
    {
        CheckUp();
        PositionReads++;
        var page = await inner.ReadHistoryAsync(channel, query, cancellationToken);
        if (AfterHistoryRead is { } act)
            await act();
        return page;
    }

    public ValueTask RemoveHistoryAsync(string channel, CancellationToken cancellationToken = default) =>
        inner.RemoveHistoryAsync(channel, cancellationToken);

    public void OnPublication(string channel, Publication publication)
    {
        if (!Loses(publication))
            _events!.OnPublication(channel, publication);
    }

    public void OnJoin(string channel, ClientInfo info) => _events!.OnJoin(channel, info);

    public void OnLeave(string channel, ClientInfo info) => _events!.OnLeave(channel, info);

    private TaskCompletionSource Source(string channel) =>
        _left.GetOrAdd(channel, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private void CheckUp()
    {
        if (IsDown)
            throw new BrokerUnavailableException("down");
    }
}
