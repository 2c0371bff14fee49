using System.Text;
using Parley.AspNetCore.Authentication;

namespace Parley.AspNetCore.Configuration;

/// <summary>The rules of sections <c>Parley:Tokens</c> and <c>Parley:SubscriptionTokens</c>.</summary>
internal static class TokenOptionsRules
{
    private const int MinSecretBytes = 32;

    public static void Apply(TokenOptions options, OptionsCheck check)
    {
        if (options.HmacSecret is { } secret && Encoding.UTF8.GetByteCount(secret) is var length and < MinSecretBytes)
        {
            // The length of a secret that is refused helps to find the mistake; the secret itself is not for logs.
            check.Report(
                nameof(options.HmacSecret), null,
                $"has {length} bytes and must have at least {MinSecretBytes}. Make one with: openssl rand -base64 48");
        }

        check.NotYet(nameof(options.PublicKeys), options.PublicKeys is not { Count: 0 }, $"{options.PublicKeys?.Count ?? 0} keys");
        check.NotYet(nameof(options.JwksUrl), options.JwksUrl is not null, options.JwksUrl ?? "");
        CheckText(nameof(options.Issuer), options.Issuer, check);
        CheckText(nameof(options.Audience), options.Audience, check);
    }

    public static void ApplyToSubscriptions(TokenOptions options, OptionsCheck check)
    {
        Apply(options, check);
        if (options.HmacSecret is null)
        {
            check.Report(
                nameof(options.HmacSecret), null,
                "is missing, so that every subscription token would be refused. Set it, or remove Parley:SubscriptionTokens to verify them as connection tokens.");
        }
    }

    private static void CheckText(string name, string? value, OptionsCheck check)
    {
        if (value is { Length: 0 })
            check.Report(name, value, "is empty. Remove the key when it is not to be checked.");
    }
}
