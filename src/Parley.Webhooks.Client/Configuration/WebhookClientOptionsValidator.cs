using Microsoft.Extensions.Options;

namespace Parley.Webhooks.Configuration;

/// <summary>Finds all that is wrong with the options, each with its key, its value and what to write instead.</summary>
internal sealed class WebhookClientOptionsValidator : IValidateOptions<WebhookClientOptions>
{
    private const int MaxAttempts = 10;

    public ValidateOptionsResult Validate(string? name, WebhookClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. Check(options).Select(static problem => $"{nameof(WebhookClientOptions)}.{problem}")];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Check(WebhookClientOptions options)
    {
        if (options.Address is not { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "" })
            yield return $"{nameof(options.Address)} = \"{options.Address}\": must be the address of the webhook API, as http://127.0.0.1:8000/api/webhooks.";
        // Nothing of a key may be shown.
        if (options.Key.Length == 0 || options.Key.Any(static character => character is < '!' or > '~'))
            yield return $"{nameof(options.Key)} = \"***\": must be a key of the server, without spaces.";
        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromMinutes(5))
            yield return $"{nameof(options.Timeout)} = \"{options.Timeout:c}\": must be 00:00:01 to 00:05:00.";
        if (options.MaxAttempts is < 1 or > MaxAttempts)
            yield return $"{nameof(options.MaxAttempts)} = \"{options.MaxAttempts}\": must be 1 to {MaxAttempts}.";
    }
}
