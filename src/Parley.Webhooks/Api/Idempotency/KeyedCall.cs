using System.Security.Cryptography;
using System.Text;

namespace Parley.Webhooks.Api.Idempotency;

/// <summary>A call that has an Idempotency-Key, as far as it matters for knowing it again.</summary>
/// <param name="Application">That the address names; <see cref="Guid.Empty"/> for none.</param>
/// <param name="Name">Of its record: one for each caller, route and key.</param>
/// <param name="Request">Hash of all that was asked.</param>
internal sealed record KeyedCall(Guid Application, string Name, string Request)
{
    /// <summary>Each application's keys have names of their own, so that nobody is given what was answered to another; so have the operators', who are one.</summary>
    public static string NameOf(Caller caller, string route, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Application?.ToString("N") ?? "operator"}\n{route}\n{key}")));

    public static string HashOf(string address, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(address));
        hash.AppendData([0]); // which no address has
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
