using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Outbound.Sending;

namespace Parley.Webhooks.Outbound.Probes;

/// <summary>Asks a receiver whether it wants this endpoint's webhooks.</summary>
internal sealed class EndpointVerifier(SampleMessages samples, RequestTransformer requests, ExchangeRunner exchanges, IOptions<WebhookOptions> options)
{
    /// <summary>The event type of a challenge.</summary>
    public const string ChallengeType = "endpoint.verification";

    private const string RequestOrigin = "WebHook-Request-Origin";
    private const string RequestRate = "WebHook-Request-Rate";
    private const string AllowedOrigin = "WebHook-Allowed-Origin";
    private const string AllowedRate = "WebHook-Allowed-Rate";
    private const int ChallengeBytes = 32;

    /// <summary>Sends one request.</summary>
    /// <param name="endpoint">Whose receiver is asked.</param>
    /// <param name="method">How.</param>
    /// <param name="sample">What stands in the places of the endpoint's URL; null: something that most receivers take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UrlTemplateException">The sample does not fill the endpoint's URL.</exception>
    public Task<VerificationResult> VerifyAsync(
        Endpoint endpoint, VerificationMethod method, JsonElement? sample, CancellationToken cancellationToken) => method switch
        {
            VerificationMethod.Ping => PingAsync(endpoint, sample, cancellationToken),
            VerificationMethod.CloudEvents => AskForConsentAsync(endpoint, sample, cancellationToken),
            _ => ChallengeAsync(endpoint, sample, cancellationToken),
        };

    private async Task<VerificationResult> ChallengeAsync(Endpoint endpoint, JsonElement? sample, CancellationToken cancellationToken)
    {
        var challenge = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(ChallengeBytes));
        var message = samples.Make(endpoint.Application, ChallengeType, samples.Payload(ChallengeType, $"\"challenge\":\"{challenge}\""));
        var result = await exchanges.RunAsync(endpoint, message, requests.Draft(endpoint, message, sample) with { Method = "POST" }, cancellationToken);
        return new VerificationResult(message, result)
        {
            Refusal = WhyNoAnswer(result) ?? (IsEcho(result.Exchange, challenge)
                ? null
                : "the answer must be the challenge, as text or as {\"challenge\":\"…\"}, and nothing else"),
        };
    }

    private async Task<VerificationResult> PingAsync(Endpoint endpoint, JsonElement? sample, CancellationToken cancellationToken)
    {
        var message = samples.Make(endpoint.Application, SampleMessages.Ping, samples.Payload(SampleMessages.Ping, "\"data\":{}"));
        var result = await exchanges.RunAsync(endpoint, message, requests.Draft(endpoint, message, sample), cancellationToken);
        return new VerificationResult(message, result) { Refusal = WhyNoAnswer(result) };
    }

    private async Task<VerificationResult> AskForConsentAsync(Endpoint endpoint, JsonElement? sample, CancellationToken cancellationToken)
    {
        var origin = options.Value.RequestOrigin!;
        var message = samples.Make(endpoint.Application, ChallengeType, ReadOnlyMemory<byte>.Empty);
        List<KeyValuePair<string, string>> marks = [new(RequestOrigin, origin)];
        if (endpoint.RateLimit is { } perSecond)
            marks.Add(new(RequestRate, (perSecond * 60L).ToString(CultureInfo.InvariantCulture)));
        var draft = requests.Draft(endpoint, message, sample) with { Method = "OPTIONS", Marks = marks };
        var result = await exchanges.RunAsync(endpoint, message, draft, cancellationToken);
        var refusal = WhyNoAnswer(result) ?? WhyNoConsent(result.Exchange, origin);
        return new VerificationResult(message, result) { Refusal = refusal, AllowedRate = refusal is null ? RateOf(result.Exchange) : null, RequestOrigin = origin };
    }

    private static string? WhyNoAnswer(SendResult result) => result.Error is null
        ? null
        : result.Exchange.Detail ?? (result.Status is { } status ? $"the receiver answered {status}, not 2xx" : "the receiver did not answer");

    /// <summary>A receiver that sends back all it gets has not consented: it would pass without knowing of us.</summary>
    private static bool IsEcho(Exchange exchange, string challenge)
    {
        if (exchange.ResponseBody is not { } body || exchange.IsResponseBodyCut)
            return false;
        return IsSame(body.Trim(), challenge) || IsSame(ChallengeIn(body), challenge);
    }

    private static string ChallengeIn(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } answer && answer.GetPropertyCount() == 1
                && answer.TryGetProperty("challenge", out var value) && value.ValueKind is JsonValueKind.String
                    ? value.GetString()!
                    : "";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private static bool IsSame(string answer, string challenge) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(answer), Encoding.UTF8.GetBytes(challenge));

    private static string? WhyNoConsent(Exchange exchange, string origin)
    {
        var allowed = HeaderOf(exchange, AllowedOrigin);
        if (allowed is null)
            return $"the answer has no {AllowedOrigin}, without which no status is a consent";
        if (allowed != "*" && !allowed.Equals(origin, StringComparison.OrdinalIgnoreCase))
            return $"the receiver allows another origin than {origin}";
        return HeaderOf(exchange, AllowedRate) is { } rate && rate != "*" && RateOf(exchange) is null ? $"{AllowedRate} must be a number of requests a minute, or *" : null;
    }

    private static int? RateOf(Exchange exchange) =>
        int.TryParse(HeaderOf(exchange, AllowedRate), NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate > 0 ? rate : null;

    private static string? HeaderOf(Exchange exchange, string name) =>
        exchange.ResponseHeaders.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.Trim();
}

/// <summary>What a receiver said.</summary>
/// <param name="Message">What it was sent.</param>
/// <param name="Exchange">How that went.</param>
internal sealed record VerificationResult(Message Message, SendResult Exchange)
{
    /// <summary>Why it proves nothing; null when it does.</summary>
    public string? Refusal { get; init; }

    /// <summary>Requests a minute; null: any.</summary>
    public int? AllowedRate { get; init; }

    /// <summary>The name it has consented to, when it was asked.</summary>
    public string? RequestOrigin { get; init; }
}
