using Parley.Brokers;

namespace Parley.Specifications.Brokers.Consistency;

/// <summary>A broker with one planted fault, to prove that the checker would find it: a checker that cannot fail checks nothing.</summary>
public sealed class FaultyBroker(IBroker inner, Fault fault, int seed) : IBroker, IBrokerEvents
{
    private const string SoleEpoch = "SoleOne";

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private IBrokerEvents? _events;
    private Publication? _before;
    private Publication? _heldBack;

    /// <inheritdoc/>
    public ValueTask StartAsync(IBrokerEvents events, CancellationToken cancellationToken = default)
    {
        _events = events;
        return inner.StartAsync(this, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<PublishResult> PublishAsync(
        string channel, BrokerPublishRequest request, CancellationToken cancellationToken = default)
    {
        if (fault == Fault.AnswerWithoutPublishing && request.IdempotencyKey is null && Strikes())
        {
            var page = await inner.ReadHistoryAsync(channel, new HistoryQuery { Limit = 0 }, cancellationToken);
            return new PublishResult(page.Top with { Offset = page.Top.Offset + 1 });
        }

        var result = await inner.PublishAsync(
            channel, fault == Fault.IgnoreKey ? request with { IdempotencyKey = null } : request, cancellationToken);
        return result with { Position = Changed(result.Position) };
    }

    /// <inheritdoc/>
    public ValueTask PublishJoinAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default) =>
        inner.PublishJoinAsync(channel, info, cancellationToken);

    /// <inheritdoc/>
    public ValueTask PublishLeaveAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default) =>
        inner.PublishLeaveAsync(channel, info, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken = default) =>
        inner.SubscribeAsync(channel, cancellationToken);

    /// <inheritdoc/>
    public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken = default) =>
        inner.UnsubscribeAsync(channel, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HistoryPage> ReadHistoryAsync(
        string channel, HistoryQuery query, CancellationToken cancellationToken = default)
    {
        var page = await inner.ReadHistoryAsync(channel, query, cancellationToken);
        var publications = page.Publications.Select(p => At(p, Changed(new StreamPosition(p.Offset, p.Epoch))));
        if (fault == Fault.ForgetKept)
            publications = publications.Where(p => p.Offset == page.Top.Offset || !Strikes());

        return page with { Top = Changed(page.Top), Publications = [.. publications] };
    }

    /// <inheritdoc/>
    public ValueTask RemoveHistoryAsync(string channel, CancellationToken cancellationToken = default) =>
        inner.RemoveHistoryAsync(channel, cancellationToken);

    /// <inheritdoc/>
    public void OnPublication(string channel, Publication publication)
    {
        var position = Changed(new StreamPosition(publication.Offset, publication.Epoch));
        var isLast = new BrokerEvent(publication).ToString() == "last";
        var strikes = !isLast && Strikes();
        if (strikes && fault == Fault.ReusePosition && _before is { } before)
            position = new StreamPosition(before.Offset, before.Epoch);

        publication = At(publication, position);
        _before = publication;
        if (strikes && fault == Fault.DropEvent)
            return;

        if (strikes && fault == Fault.SwapEvents && _heldBack is null)
        {
            _heldBack = publication;
            return;
        }

        if (isLast)
            RaiseHeldBack(channel);
        _events!.OnPublication(channel, publication);
        RaiseHeldBack(channel);
        if (strikes && fault == Fault.RepeatEvent)
            _events.OnPublication(channel, publication);
    }

    /// <inheritdoc/>
    public void OnJoin(string channel, ClientInfo info) => _events!.OnJoin(channel, info);

    /// <inheritdoc/>
    public void OnLeave(string channel, ClientInfo info) => _events!.OnLeave(channel, info);

    private void RaiseHeldBack(string channel)
    {
        if (_heldBack is { } heldBack)
            _events!.OnPublication(channel, heldBack);
        _heldBack = null;
    }

    private bool Strikes()
    {
        lock (_lock)
            return _random.Next(10) == 0;
    }

    private StreamPosition Changed(StreamPosition position) =>
        fault == Fault.KeepEpoch ? position with { Epoch = SoleEpoch } : position;

    private static Publication At(Publication publication, StreamPosition position) =>
        new() { Data = publication.Data, Offset = position.Offset, Epoch = position.Epoch };
}
