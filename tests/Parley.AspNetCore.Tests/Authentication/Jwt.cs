using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Parley.AspNetCore.Tests.Authentication;

/// <summary>Tokens made by hand, so that the verifier is not checked by its own writer.</summary>
internal static class Jwt
{
    public const string Secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public const string OtherSecret = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

    /// <summary>Every test's clock begins here: 2033-05-18T03:33:20Z.</summary>
    public const long Now = 2_000_000_000;

    public static string Sign(string payload, string header = """{"alg":"HS256","typ":"JWT"}""", string secret = Secret) =>
        Sign(Encoding.UTF8.GetBytes(payload), header, secret);

    public static string Sign(byte[] payload, string header = """{"alg":"HS256","typ":"JWT"}""", string secret = Secret)
    {
        var content = Encode(Encoding.UTF8.GetBytes(header)) + "." + Encode(payload);
        return content + "." + Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(content)));
    }

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>The claims of a token, as text.</summary>
    public static string Payload(string token) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[1]));
}
