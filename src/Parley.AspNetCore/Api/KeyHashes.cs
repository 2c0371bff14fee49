using System.Security.Cryptography;
using System.Text;

namespace Parley.AspNetCore.Api;

/// <summary>Keys as what they are compared by.</summary>
internal sealed record KeyHashes(string[] Source, byte[][] Hashes)
{
    private const int MaxBytesOnStack = 256;

    public static KeyHashes Of(IEnumerable<string> keys)
    {
        var source = keys.ToArray();
        return new KeyHashes(source, [.. source.Where(static key => key.Length > 0).Select(Hash)]);
    }

    /// <summary>Whether these are the hashes of the given keys.</summary>
    public bool AreOf(IList<string> keys)
    {
        if (keys.Count != Source.Length)
            return false;
        for (var i = 0; i < Source.Length; i++)
        {
            if (!string.Equals(Source[i], keys[i], StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    // Hashes have one length and say nothing of the key, and all are compared: the time tells neither how much of a key was right nor
    // which one it was.
    public bool Contain(string key)
    {
        // None of them is empty.
        if (key.Length == 0)
            return false;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(key, hash);
        var found = false;
        foreach (var known in Hashes)
            found |= CryptographicOperations.FixedTimeEquals(known, hash);
        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static void Hash(string key, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[MaxBytesOnStack];
        if (Encoding.UTF8.TryGetBytes(key, bytes, out var length))
            SHA256.HashData(bytes[..length], hash);
        else
            SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
    }
}
