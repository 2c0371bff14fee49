using System.Globalization;
using System.Text.Json;

namespace Parley.Webhooks.Outbound.Tokens;

/// <summary>What a token's server answered, read after RFC 6749, sections 5.1 and 5.2.</summary>
internal static class TokenAnswer
{
    private const int MaxToken = 8 * 1024;
    private const int MaxError = 200;

    /// <summary>When a server does not say (RFC 6749, 5.1: it should). A receiver that knows better says 401.</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(24);

    /// <summary>A request that is under way must not find its token expired.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <param name="body">Of an answer 2xx.</param>
    /// <param name="askedAt">When it was asked for: from then on it lives.</param>
    /// <param name="problem">What is wrong with it when there is no token.</param>
    public static AccessToken? Read(string body, DateTimeOffset askedAt, out string? problem)
    {
        problem = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            var answer = document.RootElement;
            if (answer.ValueKind is not JsonValueKind.Object || Text(answer, "access_token") is not { Length: > 0 } token)
                problem = "its answer has no access_token";
            else if (token.Length > MaxToken || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
                problem = $"its access_token is not printable ASCII of {MaxToken} characters at most";
            else if (Text(answer, "token_type") is { } type && !type.Equals("bearer", StringComparison.OrdinalIgnoreCase))
                problem = "its token_type is not Bearer";
            else
                return new AccessToken(token, askedAt + UseOf(LifetimeOf(answer)));
        }
        catch (JsonException)
        {
            problem = "its answer is not JSON";
        }

        return null;
    }

    /// <summary>The error's code and its description.</summary>
    /// <param name="body">Of an answer that is not 2xx.</param>
    public static string? ErrorOf(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind is not JsonValueKind.Object || Text(document.RootElement, "error") is not { Length: > 0 } error)
                return null;
            var text = Text(document.RootElement, "error_description") is { Length: > 0 } description ? $"{error}: {description}" : error;
            // RFC 6749, 5.2: printable ASCII.
            return new string([.. text.Take(MaxError).Select(static letter => letter is >= ' ' and <= '~' ? letter : '?')]);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TimeSpan LifetimeOf(JsonElement answer)
    {
        if (!answer.TryGetProperty("expires_in", out var value))
            return DefaultLifetime;
        // Some servers write the number as a text.
        var text = value.ValueKind is JsonValueKind.String ? value.GetString() : value.GetRawText();
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || double.IsNaN(seconds))
            return DefaultLifetime;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestLifetime.TotalSeconds));
    }

    private static TimeSpan UseOf(TimeSpan lifetime) => lifetime - (lifetime / 4 < Margin ? lifetime / 4 : Margin);

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
