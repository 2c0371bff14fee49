namespace Parley.Client;

/// <remarks>Calls wait until the subscription is live first; they end at once when it is unsubscribed.</remarks>
public sealed partial class Subscription
{
    /// <summary>Publishes to the channel.</summary>
    /// <param name="data">In <see cref="ProtocolFormat.Json"/> one JSON value as UTF-8. Must not change before the call ends.</param>
    /// <param name="cancellationToken">Ends the wait; whether it was published is then unknown.</param>
    /// <exception cref="ParleyException">Refused (103), unsubscribed, or the answer did not come: <see cref="ErrorCodes"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="data"/> is no JSON where it must be.</exception>
    public async Task PublishAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        OptionsCheck.ThrowIfNoPayload(data, _client.Options.Format, nameof(data));
        await ReadyInTimeAsync(cancellationToken).ConfigureAwait(false);
        await _client.PublishAsync(Channel, data, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the history of the channel.</summary>
    /// <param name="options">Null: the position alone.</param>
    /// <param name="cancellationToken">Ends the wait. Reading consumes nothing.</param>
    /// <exception cref="ParleyException">Refused, unsubscribed, lost (112), or the answer did not come: <see cref="ErrorCodes"/>.</exception>
    public async Task<HistoryPage> HistoryAsync(HistoryOptions? options = null, CancellationToken cancellationToken = default)
    {
        await ReadyInTimeAsync(cancellationToken).ConfigureAwait(false);
        return await _client.HistoryAsync(Channel, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who is in the channel, by id of the session.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ParleyException">Refused, unsubscribed, or the answer did not come: <see cref="ErrorCodes"/>.</exception>
    public async Task<IReadOnlyDictionary<string, ClientInfo>> PresenceAsync(CancellationToken cancellationToken = default)
    {
        await ReadyInTimeAsync(cancellationToken).ConfigureAwait(false);
        return await _client.PresenceAsync(Channel, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many are in the channel.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ParleyException">Refused, unsubscribed, or the answer did not come: <see cref="ErrorCodes"/>.</exception>
    public async Task<PresenceStats> PresenceStatsAsync(CancellationToken cancellationToken = default)
    {
        await ReadyInTimeAsync(cancellationToken).ConfigureAwait(false);
        return await _client.PresenceStatsAsync(Channel, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadyInTimeAsync(CancellationToken cancellationToken)
    {
        Task ready;
        lock (_client.Gate)
        {
            _client.ThrowIfDisposed();
            if (_state == SubscriptionState.Unsubscribed) throw NewUnsubscribed();
            ready = _ready.Task;
        }

        try
        {
            await ready.WaitAsync(_client.Options.Timeout, _client.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new ParleyException(ErrorCodes.Timeout, "The subscription did not begin in time.", isTemporary: true, exception);
        }
    }
}
