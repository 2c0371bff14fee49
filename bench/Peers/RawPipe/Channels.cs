using System.Collections.Concurrent;

namespace RawPipe;

/// <summary>Who listens to which channel. Lists are copied when somebody comes or goes, not when something is sent.</summary>
internal sealed class Channels
{
    private readonly ConcurrentDictionary<string, Client[]> _channels = new();

    public ReadOnlySpan<Client> Subscribers(string channel) => _channels.GetValueOrDefault(channel, []);

    public void Add(string channel, Client client) =>
        _channels.AddOrUpdate(channel, static (_, added) => [added], static (_, clients, added) => [.. clients, added], client);

    public void Remove(string channel, Client client) =>
        _channels.AddOrUpdate(
            channel, static (_, _) => [], static (_, clients, removed) => Array.FindAll(clients, c => c != removed), client);
}
