using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>The streams of this node, by the secret that requests beside a stream name it with.</summary>
internal sealed class StreamSessions
{
    private const int SecretBytes = 24;

    private readonly ConcurrentDictionary<string, StreamConnection> _connections = new(StringComparer.Ordinal);

    /// <summary>Makes a secret that nobody can guess: 192 random bits.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    public void Add(string secret, StreamConnection connection) => _connections[secret] = connection;

    public void Remove(string secret) => _connections.TryRemove(secret, out _);

    /// <summary>The stream that a secret names; null when it has ended, or was never on this node.</summary>
    public StreamConnection? Find(string secret) => _connections.GetValueOrDefault(secret);
}
