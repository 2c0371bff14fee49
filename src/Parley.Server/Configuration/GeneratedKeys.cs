using System.Buffers.Text;
using System.Security.Cryptography;

namespace Parley.Server.Configuration;

/// <summary>Keys the server made for itself on its first start; used where the configuration gives none.</summary>
/// <param name="TokenSecret">Signs and verifies tokens (HS256).</param>
/// <param name="ApiKey">Opens the HTTP API.</param>
internal sealed record GeneratedKeys(string TokenSecret, string ApiKey)
{
    /// <summary>256 bits each, from the system's random source, as base64url.</summary>
    public static GeneratedKeys Create() => new(Random(), Random());

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
