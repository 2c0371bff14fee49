using System.Collections.Concurrent;
using System.Collections.ObjectModel;

namespace Parley.Presence;

/// <summary>Presence for one process. Its members end with it, so they need no lease and heartbeats have nothing to renew.</summary>
internal sealed class MemoryPresenceStore : IPresenceStore
{
    private readonly ConcurrentDictionary<string, PresenceList> _channels = new(StringComparer.Ordinal);

    /// <summary>How many channels have members.</summary>
    internal int ChannelCount => _channels.Count;

    public ValueTask AddAsync(string channel, ClientInfo info, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(info);
        while (!_channels.GetOrAdd(channel, static _ => new PresenceList()).TryAdd(info))
        {
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask RemoveAsync(string channel, string client, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(client);
        if (_channels.TryGetValue(channel, out var list))
            list.Remove(client, empty => _channels.TryRemove(KeyValuePair.Create(channel, empty)));

        return ValueTask.CompletedTask;
    }

    public ValueTask HeartbeatAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyDictionary<string, ClientInfo>> ListAsync(
        string channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return ValueTask.FromResult<IReadOnlyDictionary<string, ClientInfo>>(
            _channels.TryGetValue(channel, out var list) ? list.Copy() : ReadOnlyDictionary<string, ClientInfo>.Empty);
    }

    public ValueTask<PresenceStats> CountAsync(string channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return ValueTask.FromResult(_channels.TryGetValue(channel, out var list) ? list.Count() : default);
    }
}
