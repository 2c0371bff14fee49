using System.Collections.Concurrent;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>The streams of this node, by the secret that requests beside a stream name it with.</summary>
internal sealed class StreamSessions
{
    private readonly ConcurrentDictionary<string, StreamConnection> _connections = new(StringComparer.Ordinal);

    public void Add(string secret, StreamConnection connection) => _connections[secret] = connection;

    public void Remove(string secret) => _connections.TryRemove(secret, out _);

    /// <summary>The stream that a secret names; null when it has ended, or was never on this node.</summary>
    public StreamConnection? Find(string secret) => _connections.GetValueOrDefault(secret);
}
