using System.Collections.Concurrent;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>The long polling connections of this node, by their secrets.</summary>
internal sealed class LongPollSessions
{
    private readonly ConcurrentDictionary<string, LongPollConnection> _connections = new(StringComparer.Ordinal);

    public void Add(LongPollConnection connection) => _connections[connection.Secret] = connection;

    public void Remove(LongPollConnection connection) => _connections.TryRemove(connection.Secret, out _);

    /// <summary>Finds a connection for whoever may use it.</summary>
    /// <param name="secret">As the request names it.</param>
    /// <param name="user">Whom the host authenticated; null: nobody.</param>
    /// <returns>Null when there is none, or it is another user's: the caller cannot tell which.</returns>
    public LongPollConnection? Find(string secret, string? user) =>
        _connections.TryGetValue(secret, out var connection) && connection.User == user ? connection : null;
}
