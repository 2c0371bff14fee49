using Parley.Brokers;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>A broker that keeps a ledger of what it raises.</summary>
/// <param name="inner">The broker.</param>
/// <param name="channels">Their ledgers, by name.</param>
/// <param name="readId">Reads the id out of a payload.</param>
/// <param name="jitter">Lets others go first.</param>
internal sealed class LedgerBroker(
    IBroker inner, IReadOnlyDictionary<string, ChannelLedger> channels, Func<ReadOnlySpan<byte>, long> readId, Jitter jitter) : IBroker, IBrokerEvents
{
    private IBrokerEvents? _events;

    public ValueTask StartAsync(IBrokerEvents events, CancellationToken cancellationToken = default)
    {
        _events = events;
        return inner.StartAsync(this, cancellationToken);
    }

    public async ValueTask<PublishResult> PublishAsync(string channel, BrokerPublishRequest request, CancellationToken cancellationToken = default)
    {
        var result = await inner.PublishAsync(channel, request, cancellationToken);
        channels[channel].Accept(readId(request.Data.Span), result.Position.Offset);
        return result;
    }

    public ValueTask PublishJoinAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default) =>
        inner.PublishJoinAsync(channel, info, cancellationToken);

    public ValueTask PublishLeaveAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default) =>
        inner.PublishLeaveAsync(channel, info, cancellationToken);

    public async ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken = default)
    {
        jitter.Take();
        await inner.SubscribeAsync(channel, cancellationToken);
        jitter.Take();
    }

    public async ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken = default)
    {
        jitter.Take();
        await inner.UnsubscribeAsync(channel, cancellationToken);
    }

    public async ValueTask<HistoryPage> ReadHistoryAsync(string channel, HistoryQuery query, CancellationToken cancellationToken = default)
    {
        jitter.Take();
        var page = await inner.ReadHistoryAsync(channel, query, cancellationToken);
        jitter.Take();
        return page;
    }

    public ValueTask RemoveHistoryAsync(string channel, CancellationToken cancellationToken = default) =>
        inner.RemoveHistoryAsync(channel, cancellationToken);

    public void OnPublication(string channel, Publication publication)
    {
        jitter.Take();
        channels[channel].Deliver(readId(publication.Data.Span), publication, _events!.OnPublication);
    }

    public void OnJoin(string channel, ClientInfo info) => _events!.OnJoin(channel, info);

    public void OnLeave(string channel, ClientInfo info) => _events!.OnLeave(channel, info);
}
