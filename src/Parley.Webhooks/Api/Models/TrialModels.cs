using System.Text;
using System.Text.Json;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Outbound.Sending;

namespace Parley.Webhooks.Api.Models;

/// <summary>What to send as a test.</summary>
internal sealed record TestBody
{
    /// <summary>Default <c>parley.test</c>.</summary>
    public string? EventType { get; init; }

    /// <summary>Default: the event type's example.</summary>
    public JsonElement? Payload { get; init; }
}

/// <summary>A request that was sent at once, with its answer.</summary>
/// <param name="Id">What the receiver sees as <c>webhook-id</c>; nothing is kept under it.</param>
/// <param name="EventType">Which event it was.</param>
/// <param name="Outcome"><c>succeeded</c> (2xx in time), <c>failed</c>, or <c>cancelled</c> by the endpoint's script.</param>
/// <param name="StartedAt">When.</param>
/// <param name="Duration">Milliseconds.</param>
/// <param name="Error">What went wrong, as of an attempt.</param>
/// <param name="Detail">In words.</param>
/// <param name="Errors">What of the body does not fit the endpoint's schema.</param>
/// <param name="Request">Null when none was made.</param>
/// <param name="Response">Null when there was none.</param>
internal sealed record TestView(
    string Id, string EventType, string Outcome, DateTimeOffset StartedAt, double Duration, string? Error, string? Detail,
    IReadOnlyList<FieldError>? Errors, TestRequestView? Request, TestResponseView? Response)
{
    /// <param name="id">Of the message.</param>
    /// <param name="eventType">Of the message.</param>
    /// <param name="result">Null when the script cancelled it.</param>
    /// <param name="now">When it was cancelled.</param>
    public static TestView Of(string id, string eventType, SendResult? result, DateTimeOffset now) => result is null
        ? new TestView(id, eventType, "cancelled", now, 0, ApiNames.Of(DeliveryError.TransformationCancelled), null, null, null, null)
        : new TestView(
            id,
            eventType,
            result.Error is null ? "succeeded" : "failed",
            result.StartedAt,
            result.Duration.TotalMilliseconds,
            result.Error is { } error ? ApiNames.Of(error) : null,
            result.Exchange.Detail,
            result.Exchange.Errors,
            TestRequestView.Of(result),
            TestResponseView.Of(result));
}

/// <summary>The request, with its secrets masked.</summary>
internal sealed record TestRequestView(string Method, string Url, IReadOnlyList<HeaderView> Headers, string Body, bool BodyCut)
{
    private const int MaxBody = 16 * 1024;

    public static TestRequestView? Of(SendResult result) => result.Exchange is { Method: { } method, Url: { } url } exchange
        ? new TestRequestView(
            method,
            url,
            [.. exchange.RequestHeaders.Select(static header => new HeaderView(header.Key, header.Value))],
            Encoding.UTF8.GetString(result.RequestBody.Span[..Math.Min(MaxBody, result.RequestBody.Length)]),
            result.RequestBody.Length > MaxBody)
        : null;
}

/// <summary>The answer, as far as it came.</summary>
internal sealed record TestResponseView(int Status, IReadOnlyList<HeaderView> Headers, string? Body, bool BodyCut)
{
    public static TestResponseView? Of(SendResult result) => result.Status is { } status
        ? new TestResponseView(
            status,
            [.. result.Exchange.ResponseHeaders.Select(static header => new HeaderView(header.Key, header.Value))],
            result.Exchange.ResponseBody,
            result.Exchange.IsResponseBodyCut)
        : null;
}

/// <summary>A script, and a webhook for it.</summary>
internal sealed record SimulationBody
{
    /// <summary>Default: the endpoint's own.</summary>
    public string? Script { get; init; }

    /// <summary>Default <c>parley.test</c>.</summary>
    public string? EventType { get; init; }

    /// <summary>Default: the event type's example.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Default: that of the endpoint.</summary>
    public string? Url { get; init; }

    /// <summary>Default: that of the endpoint, or POST.</summary>
    public string? Method { get; init; }

    public string[]? Channels { get; init; }

    /// <summary>Default 1.</summary>
    public int? Attempt { get; init; }
}

/// <summary>What a script made of a webhook.</summary>
/// <param name="Outcome"><c>changed</c>, <c>cancelled</c> (it returned null) or <c>failed</c>.</param>
/// <param name="Webhook">What would be signed and sent.</param>
/// <param name="Error">Why it failed, as <c>script_error: x is not defined</c>.</param>
internal sealed record SimulationView(string Outcome, SimulatedWebhookView? Webhook, string? Error);

/// <summary>A request before it is signed.</summary>
internal sealed record SimulatedWebhookView(string Url, string Method, IReadOnlyDictionary<string, string> Headers, string ContentType, string Body)
{
    public static SimulatedWebhookView Of(RequestDraft draft) =>
        new(draft.Url.AbsoluteUri, draft.Method, draft.Headers, draft.ContentType, Encoding.UTF8.GetString(draft.Body.Span));
}
