using System.Security.Cryptography;
using System.Text;

namespace Parley.AspNetCore.Api;

/// <summary>Keys as what they are compared by.</summary>
internal sealed record KeyHashes(string[] Source, byte[][] Hashes)
{
    public static KeyHashes Of(IEnumerable<string> keys)
    {
        var source = keys.ToArray();
        return new KeyHashes(source, [.. source.Where(static key => key.Length > 0).Select(Hash)]);
    }

    // Hashes have one length and say nothing of the key, and all are compared: the time tells neither how much of a key was right nor
    // which one it was.
    public bool Contain(string key)
    {
        var hash = Hash(key);
        var found = false;
        foreach (var known in Hashes)
            found |= CryptographicOperations.FixedTimeEquals(known, hash);
        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
