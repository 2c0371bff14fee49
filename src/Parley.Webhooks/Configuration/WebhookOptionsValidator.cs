using System.Net;
using Microsoft.Extensions.Options;

namespace Parley.Webhooks.Configuration;

/// <summary>Finds all that is wrong with the options, each with its key, its value and what to write instead.</summary>
internal sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    private const int MinKeyLength = 16;
    private const int LargestPayload = 16 * 1024 * 1024;
    private static readonly TimeSpan LongestRetention = TimeSpan.FromDays(3653);

    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. Check(options).Select(static problem => $"Parley:Webhooks:{problem.Key} = \"{problem.Value}\": {problem.Remedy}")];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>Keys are below <c>Parley:Webhooks</c>.</summary>
    public static IEnumerable<(string Key, string? Value, string Remedy)> Check(WebhookOptions options)
    {
        foreach (var (key, value, max) in new[]
        {
            (nameof(options.MaxPayloadBytes), options.MaxPayloadBytes, LargestPayload),
            (nameof(options.MaxEndpoints), options.MaxEndpoints, 10_000),
            (nameof(options.MaxConcurrency), options.MaxConcurrency, 10_000),
        })
        {
            if (value < 1 || value > max)
                yield return (key, $"{value}", $"must be 1 to {max}.");
        }

        foreach (var (key, value) in new[] { (nameof(options.Retention), options.Retention), (nameof(options.AttemptRetention), options.AttemptRetention) })
        {
            if (value < TimeSpan.FromHours(1) || value > LongestRetention)
                yield return (key, value.ToString("c"), "must be 01:00:00 to 3653.00:00:00 (days.hours:minutes:seconds).");
        }

        if (options.DisableAfter < TimeSpan.FromHours(1) || options.DisableAfter > TimeSpan.FromDays(365))
            yield return (nameof(options.DisableAfter), options.DisableAfter.ToString("c"), "must be 01:00:00 to 365.00:00:00 (days.hours:minutes:seconds).");
        if (options.OperationalApplication is { Length: > 256 })
            yield return (nameof(options.OperationalApplication), options.OperationalApplication, "must be the uid of an application, 256 characters at most.");

        for (var index = 0; index < options.OperatorKeys.Count; index++)
        {
            // Nothing of a key may be shown.
            if (options.OperatorKeys[index] is not { Length: >= MinKeyLength })
                yield return ($"{nameof(options.OperatorKeys)}:{index}", "***", $"must have at least {MinKeyLength} characters. Make one with: openssl rand -hex 32");
        }

        if (options.RequestOrigin is { } origin && (origin.Length > 253 || Uri.CheckHostName(origin) is not UriHostNameType.Dns))
            yield return (nameof(options.RequestOrigin), origin, "must be a DNS name, as hooks.example.com.");

        for (var index = 0; index < options.AllowPrivateNetworks.Count; index++)
        {
            if (!TryReadNetwork(options.AllowPrivateNetworks[index], out _))
                yield return ($"{nameof(options.AllowPrivateNetworks)}:{index}", options.AllowPrivateNetworks[index], "is no network. Write 10.1.0.0/16, or 10.1.2.3/32 for one address.");
        }

        for (var index = 0; index < options.AllowedPorts.Count; index++)
        {
            if (options.AllowedPorts[index] is < 1 or > 65535)
                yield return ($"{nameof(options.AllowedPorts)}:{index}", $"{options.AllowedPorts[index]}", "must be 1 to 65535.");
        }
    }

    public static bool TryReadNetwork(string? text, out IPNetwork network)
    {
        network = default;
        if (text is null)
            return false;
        if (IPAddress.TryParse(text, out var address))
            text = $"{address}/{(address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128)}";
        return IPNetwork.TryParse(text, out network);
    }
}
