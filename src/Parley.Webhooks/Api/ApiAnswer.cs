using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Parley.Webhooks.Api.Idempotency;

namespace Parley.Webhooks.Api;

/// <summary>What a call is answered with.</summary>
internal sealed class ApiAnswer
{
    /// <summary>What a caller without a key can authenticate by, beside the header <c>X-API-Key</c>, which no challenge can name.</summary>
    private const string Challenge = "Bearer realm=\"Parley webhooks\", apikey realm=\"Parley webhooks\"";

    private readonly int _status;
    private readonly byte[]? _body;
    private readonly string _contentType;

    private ApiAnswer(int status, byte[]? body, string contentType) => (_status, _body, _contentType) = (status, body, contentType);

    private TimeSpan? RetryAfter { get; init; }

    private bool IsReplayed { get; init; }

    public static ApiAnswer NoContent { get; } = new(StatusCodes.Status204NoContent, null, "");

    public static ApiAnswer Of<T>(int status, T value, JsonTypeInfo<T> type) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json");

    /// <summary>Problem details (RFC 9457).</summary>
    public static ApiAnswer Of(WebhookProblem problem) => new(
        problem.Status,
        JsonSerializer.SerializeToUtf8Bytes(
            new ProblemView(problem.Status, problem.Code, problem.Detail, problem.Errors.Count == 0 ? null : problem.Errors), ApiJson.Default.ProblemView),
        "application/problem+json")
    {
        RetryAfter = problem.RetryAfter,
    };

    /// <summary>What was answered before to the same call.</summary>
    public static ApiAnswer Again(KeptAnswer answer) => new(answer.Status, answer.Body, answer.ContentType) { IsReplayed = true };

    public KeptAnswer Keep() => new(_status, _contentType, _body);

    public Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = _status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (_status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = Challenge;
        if (IsReplayed)
            response.Headers["Idempotency-Replayed"] = "true";
        if (_body is null)
            return Task.CompletedTask;
        response.ContentType = _contentType;
        response.ContentLength = _body.Length;
        return response.Body.WriteAsync(_body).AsTask();
    }
}
