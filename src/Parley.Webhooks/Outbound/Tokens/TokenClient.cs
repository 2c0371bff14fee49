using System.Text;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Outbound.Sending;

namespace Parley.Webhooks.Outbound.Tokens;

/// <summary>Asks for access tokens by client credentials (RFC 6749, 4.4), the same guarded way as all that goes to users' URLs.</summary>
internal sealed class TokenClient(RequestSender sender)
{
    /// <summary>What goes wrong is in the result; only a cancellation throws.</summary>
    public async Task<TokenResult> RequestAsync(TokenSettings settings, CancellationToken cancellationToken)
    {
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Encode(settings.ClientId)}:{Encode(settings.ClientSecret)}"));
        var headers = new List<KeyValuePair<string, string>> { new("Accept", "application/json") };
        if (!settings.InBody)
            headers.Add(new("Authorization", "Basic " + credentials));
        var result = await sender.SendAsync(
            new OutgoingRequest
            {
                Url = settings.Url,
                Method = "POST",
                Headers = headers,
                SecretHeaders = new HashSet<string> { "Authorization" },
                Body = Encoding.UTF8.GetBytes(string.Join('&', Fields(settings).Select(static field => $"{Encode(field.Key)}={Encode(field.Value)}"))),
                ContentType = "application/x-www-form-urlencoded",
                Timeout = Endpoint.TokenTimeout,
                Tls = settings.Tls,
            },
            cancellationToken);

        string[] secrets = [settings.ClientSecret, Encode(settings.ClientSecret), credentials, .. settings.Parameters.Select(static parameter => parameter.Value)];
        var body = result.Exchange.ResponseBody ?? "";
        string? problem;
        if (result.Error is null)
        {
            problem = "its answer is larger than 16 KiB";
            if (!result.Exchange.IsResponseBodyCut && TokenAnswer.Read(body, result.StartedAt, out problem) is { } token)
                return new TokenResult(token, null);
        }
        else
        {
            problem = result.Exchange.Detail
                ?? (TokenAnswer.ErrorOf(body) is { } error ? $"it answered {result.Status}: {error}" : $"it answered {result.Status}");
        }

        return new TokenResult(null, result.Exchange with
        {
            Detail = Masking.Hide($"no access token from {settings.Url.Host}: {problem}", secrets),
            ResponseHeaders = [.. result.Exchange.ResponseHeaders.Select(header => new KeyValuePair<string, string>(header.Key, Masking.Hide(header.Value, secrets)))],
            // There may be a token in it, though none that could be read.
            ResponseBody = result.Error is null ? null : Masking.Hide(body, secrets),
        });
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(TokenSettings settings)
    {
        yield return new("grant_type", "client_credentials");
        if (settings.Scope is { } scope)
            yield return new("scope", scope);
        if (settings.Audience is { } audience)
            yield return new("audience", audience);
        foreach (var parameter in settings.Parameters)
            yield return parameter;
        if (!settings.InBody)
            yield break;
        yield return new("client_id", settings.ClientId);
        yield return new("client_secret", settings.ClientSecret);
    }

    // RFC 6749, appendix B. In the header too (2.3.1), so that a colon in the id is none between id and secret.
    private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
