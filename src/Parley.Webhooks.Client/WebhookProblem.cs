namespace Parley.Webhooks;

/// <summary>Why something is not done, for the API and for callers of the library.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">A word for programs.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record WebhookProblem(int Status, string Code, string Detail)
{
    /// <summary>Where in the request, as JSON pointers (RFC 6901) with what is wrong there.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>When it is worth another try; null: unknown, or never.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static WebhookProblem TooMany(string detail, TimeSpan retryAfter) => new(429, "too_many_requests", detail) { RetryAfter = retryAfter };

    public static WebhookProblem NotFound(string what) => new(404, "not_found", $"There is no such {what}.");

    public static WebhookProblem Conflict(string code, string detail) => new(409, code, detail);

    public static WebhookProblem Invalid(IReadOnlyList<FieldError> errors) =>
        new(422, "invalid", string.Join(" ", errors.Select(static error => $"{error.Pointer}: {error.Detail}."))) { Errors = errors };

    public static WebhookProblem Invalid(string pointer, string detail) => Invalid([new(pointer, detail)]);

    public WebhookException ToException() => new(this);
}
