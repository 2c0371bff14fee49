using Parley.Client.Connections;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Client.Subscriptions;

/// <summary>Subscriptions that the server made, and where each stands. Used holding the client's gate.</summary>
internal sealed class ServerSubscriptions(ParleyClient client)
{
    private readonly Dictionary<string, RecoveryState> _channels = [];

    /// <summary>What a new connection tells, so that the server sends what was missed; null when there is nothing to recover.</summary>
    public IReadOnlyDictionary<string, Wire.SubscribeRequest>? Positions()
    {
        var positions = _channels
            .Where(static entry => entry.Value.IsRecoverable)
            .ToDictionary(
                static entry => entry.Key,
                static entry => new Wire.SubscribeRequest { Recover = true, Offset = entry.Value.Offset, Epoch = entry.Value.Epoch });
        return positions.Count > 0 ? positions : null;
    }

    /// <summary>A session began with these.</summary>
    public void Begin(IReadOnlyDictionary<string, Wire.SubscribeResult>? subscriptions)
    {
        foreach (var channel in _channels.Keys.ToArray())
        {
            if (subscriptions?.ContainsKey(channel) is true) continue;
            _channels.Remove(channel);
            client.RaiseServerUnsubscribed(channel);
        }

        foreach (var (channel, result) in subscriptions ?? new Dictionary<string, Wire.SubscribeResult>())
        {
            var state = _channels[channel] = new RecoveryState();
            state.Begin(result.Recoverable, result.Offset, result.Epoch);
            client.RaiseServerSubscribed(channel, result.ToEventArgs());
            foreach (var publication in result.Publications ?? []) OnPublication(channel, state, publication);
        }
    }

    /// <summary>The connection was lost.</summary>
    public void Interrupt()
    {
        foreach (var (channel, state) in _channels)
        {
            if (!state.IsLive) continue;
            state.IsLive = false;
            client.RaiseServerSubscribing(channel);
        }
    }

    public void Invalidate()
    {
        foreach (var state in _channels.Values) state.Invalidate();
    }

    public void OnPush(Wire.Push push)
    {
        if (push.Subscribe is { } subscribe)
        {
            var begun = _channels[push.Channel] = new RecoveryState();
            begun.Begin(subscribe.Recoverable, subscribe.Offset, subscribe.Epoch);
            client.RaiseServerSubscribed(push.Channel, ToEventArgs(subscribe));
        }

        if (!_channels.TryGetValue(push.Channel, out var state)) return;
        if (push.Pub is { } publication) OnPublication(push.Channel, state, publication);
        else if (push.Join?.Info is { } joined) client.RaiseServerJoined(push.Channel, joined.ToClientInfo());
        else if (push.Leave?.Info is { } left) client.RaiseServerLeft(push.Channel, left.ToClientInfo());
        else if (push.Unsubscribe is not null && _channels.Remove(push.Channel)) client.RaiseServerUnsubscribed(push.Channel);
    }

    private void OnPublication(string channel, RecoveryState state, Wire.Publication publication)
    {
        state.Advance(publication);
        client.RaiseServerPublication(channel, publication.ToPublication());
    }

    private static SubscribedEventArgs ToEventArgs(Wire.Subscribe subscribe) => new()
    {
        IsRecoverable = subscribe.Recoverable,
        IsPositioned = subscribe.Positioned,
        Position = subscribe.Recoverable || subscribe.Positioned ? new StreamPosition(subscribe.Offset, subscribe.Epoch) : null,
        Data = subscribe.Data,
    };
}
