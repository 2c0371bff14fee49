using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Parley.AspNetCore.Transports;

/// <summary>Why a request is refused before it becomes a connection.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Reason">Body of the answer, for whoever reads it in a developer tool.</param>
/// <param name="HeaderName">Header that the status asks for, or null.</param>
/// <param name="HeaderValue">Its value.</param>
internal sealed record Refusal(int Status, string Reason, string? HeaderName = null, string? HeaderValue = null)
{
    public static readonly Refusal ForeignOrigin = new(StatusCodes.Status403Forbidden, "This origin may not connect.");

    public static readonly Refusal TooLarge = new(
        StatusCodes.Status413PayloadTooLarge, "The request is larger than a message may be.");

    public static Refusal Bad(string reason) => new(StatusCodes.Status400BadRequest, reason);

    public static Refusal Unavailable(string reason, TimeSpan retryAfter) => new(
        StatusCodes.Status503ServiceUnavailable,
        reason,
        HeaderNames.RetryAfter,
        Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture));

    public Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (HeaderName is not null) response.Headers[HeaderName] = HeaderValue;
        return response.WriteAsync(Reason);
    }
}
