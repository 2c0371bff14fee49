using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api;

/// <summary>Knows callers by their keys: those of operators are configured, those of applications are made through the API.</summary>
internal sealed class ApiAccess(IOptionsMonitor<WebhookOptions> options, IWebhookStore store)
{
    private const string KeyHeader = "X-API-Key";
    private static readonly string[] Schemes = ["apikey ", "bearer "];

    /// <summary>Prefix of applications' keys.</summary>
    public const string Prefix = "pwk_";

    /// <summary>What a key is stored as: who reads the store has no key.</summary>
    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public static string CreateKey() => Prefix + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <returns>Null for a stranger.</returns>
    public async ValueTask<Caller?> IdentifyAsync(HttpRequest request)
    {
        var key = KeyOf(request);
        if (key.Length == 0)
            return null;
        if (key.StartsWith(Prefix, StringComparison.Ordinal))
            return await store.FindKeyAsync(HashOf(key)) is { } found ? ApplicationKey.Read(found).ToCaller() : null;

        // All are compared, as hashes of one length: the time tells nothing of any.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        var isOperator = false;
        foreach (var known in options.CurrentValue.OperatorKeys)
            isOperator |= CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(known)));
        return isOperator ? Caller.Operator : null;
    }

    private static string KeyOf(HttpRequest request)
    {
        var key = request.Headers[KeyHeader].ToString();
        if (key.Length > 0)
            return key;
        var authorization = request.Headers.Authorization.ToString();
        var scheme = Schemes.FirstOrDefault(scheme => authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
        return scheme is null ? "" : authorization[scheme.Length..].Trim();
    }
}
