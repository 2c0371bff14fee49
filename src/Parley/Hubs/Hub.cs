using System.Collections.Concurrent;
using Parley.Brokers;
using Parley.Nodes;
using Parley.Sessions;

namespace Parley.Hubs;

/// <summary>The sessions of this node, by channel and by user.</summary>
internal sealed class Hub(Node node) : IBrokerEvents
{
    private const int GateCount = 64;

    private readonly ConcurrentDictionary<string, HubChannel> _channels = new(StringComparer.Ordinal);

    // The first subscription of a channel and the last one to leave talk to the broker; the order of the two must hold.
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, GateCount).Select(static _ => new SemaphoreSlim(1, 1))];

    public SessionIndex Sessions { get; } = new();

    public int ChannelCount => _channels.Count;

    public IEnumerable<HubChannel> Channels => _channels.Values;

    /// <summary>The one string that all subscriptions of a channel share as its name, if there are any.</summary>
    public string NameOf(string channel) => _channels.TryGetValue(channel, out var known) ? known.Name : channel;

    /// <summary>Puts a subscription into its channel; from now on it holds what is published.</summary>
    /// <exception cref="BrokerUnavailableException">The broker did not take the channel's first subscription.</exception>
    public async ValueTask<HubChannel> JoinAsync(Subscription subscription)
    {
        var name = subscription.Channel;
        if (_channels.TryGetValue(name, out var channel) && channel.TryAdd(subscription))
            return channel;

        var gate = Gate(name);
        await gate.WaitAsync();
        try
        {
            if (_channels.TryGetValue(name, out channel) && channel.TryAdd(subscription))
                return channel;
            await node.Broker.SubscribeAsync(name);
            channel = new HubChannel(name, node);
            channel.TryAdd(subscription);
            _channels[name] = channel;
            return channel;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Takes a subscription out of its channel.</summary>
    public async ValueTask LeaveAsync(HubChannel channel, Subscription subscription)
    {
        if (!channel.Remove(subscription))
            return;

        var gate = Gate(channel.Name);
        await gate.WaitAsync();
        try
        {
            if (!channel.TryRetire() || !_channels.TryRemove(KeyValuePair.Create(channel.Name, channel)))
                return;
            await node.Broker.UnsubscribeAsync(channel.Name);
        }
        finally
        {
            gate.Release();
        }
    }

    public void OnPublication(string channel, Publication publication)
    {
        if (_channels.TryGetValue(channel, out var hubChannel))
            hubChannel.Deliver(publication);
    }

    public void OnJoin(string channel, ClientInfo info)
    {
        if (_channels.TryGetValue(channel, out var hubChannel))
            hubChannel.Join(info);
    }

    public void OnLeave(string channel, ClientInfo info)
    {
        if (_channels.TryGetValue(channel, out var hubChannel))
            hubChannel.Leave(info);
    }

    private SemaphoreSlim Gate(string channel) => _gates[(uint)channel.GetHashCode() % GateCount];
}
