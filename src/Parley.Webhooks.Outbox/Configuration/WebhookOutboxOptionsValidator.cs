using Microsoft.Extensions.Options;

namespace Parley.Webhooks.Outbox.Configuration;

/// <summary>Finds all that is wrong with the options, each with its key, its value and what to write instead.</summary>
internal sealed class WebhookOutboxOptionsValidator : IValidateOptions<WebhookOutboxOptions>
{
    private const int LargestPayload = 16 * 1024 * 1024;
    private const int MaxConcurrency = 256;

    public ValidateOptionsResult Validate(string? name, WebhookOutboxOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. Check(options).Select(static problem => $"{nameof(WebhookOutboxOptions)}.{problem}")];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Check(WebhookOutboxOptions options)
    {
        if (options.MaxPayloadBytes is < 1 or > LargestPayload)
            yield return $"{nameof(options.MaxPayloadBytes)} = \"{options.MaxPayloadBytes}\": must be 1 to {LargestPayload}.";
        if (options.PollInterval < TimeSpan.FromMilliseconds(100) || options.PollInterval > TimeSpan.FromMinutes(10))
            yield return $"{nameof(options.PollInterval)} = \"{options.PollInterval:c}\": must be 00:00:00.1 to 00:10:00.";
        if (options.Concurrency is < 1 or > MaxConcurrency)
            yield return $"{nameof(options.Concurrency)} = \"{options.Concurrency}\": must be 1 to {MaxConcurrency}.";
    }
}
