using System.Collections.Concurrent;

namespace RawWebSockets;

/// <summary>Who listens to which channel.</summary>
internal sealed class Subscriptions
{
    private readonly ConcurrentDictionary<string, Subscribers> _channels = new();

    public void Add(string channel, Client client) =>
        _channels.GetOrAdd(channel, static _ => new Subscribers()).Add(client);

    public void Remove(string channel, Client client)
    {
        if (_channels.TryGetValue(channel, out var subscribers))
            subscribers.Remove(client);
    }

    public void Publish(string channel, byte[] message)
    {
        if (!_channels.TryGetValue(channel, out var subscribers))
            return;

        foreach (var client in subscribers.All())
            client.Send(message);
    }

    /// <summary>The list is copied when somebody comes or goes, not when a message is sent.</summary>
    private sealed class Subscribers
    {
        private readonly Lock _lock = new();
        private readonly HashSet<Client> _clients = [];
        private Client[]? _snapshot;

        public void Add(Client client)
        {
            lock (_lock)
            {
                _clients.Add(client);
                _snapshot = null;
            }
        }

        public void Remove(Client client)
        {
            lock (_lock)
            {
                _clients.Remove(client);
                _snapshot = null;
            }
        }

        public Client[] All()
        {
            lock (_lock)
                return _snapshot ??= [.. _clients];
        }
    }
}
