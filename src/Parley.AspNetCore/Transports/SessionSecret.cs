using System.Buffers.Text;
using System.Security.Cryptography;

namespace Parley.AspNetCore.Transports;

/// <summary>What a client names its session with in requests of their own.</summary>
internal static class SessionSecret
{
    private const int Bytes = 24;
    private const int Characters = Bytes / 3 * 4;

    /// <summary>Makes one that nobody can guess: 192 random bits.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Whether a text may be one. Who names another one need not be taken to another node.</summary>
    public static bool IsPlausible(string text) => text.Length == Characters;
}
