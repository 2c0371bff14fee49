using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>The long polling connections of this node, by their secrets.</summary>
internal sealed class LongPollSessions
{
    private const int SecretBytes = 24;

    private readonly ConcurrentDictionary<string, LongPollConnection> _connections = new(StringComparer.Ordinal);

    /// <summary>Makes a secret that nobody can guess: 192 random bits.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    public void Add(LongPollConnection connection) => _connections[connection.Secret] = connection;

    public void Remove(LongPollConnection connection) => _connections.TryRemove(connection.Secret, out _);

    /// <summary>Finds a connection for whoever may use it.</summary>
    /// <param name="secret">As the request names it.</param>
    /// <param name="user">Whom the host authenticated; null: nobody.</param>
    /// <returns>Null when there is none, or it is another user's: the caller cannot tell which.</returns>
    public LongPollConnection? Find(string secret, string? user) =>
        _connections.TryGetValue(secret, out var connection) && connection.User == user ? connection : null;
}
