using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Parley.Webhooks.Ids;

namespace Parley.Webhooks.Api;

/// <summary>One request of the API, read.</summary>
internal sealed class ApiCall(HttpContext context, Caller caller)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 250;

    /// <summary>Room for the fields around a payload.</summary>
    private const int MaxEnvelope = 64 * 1024;

    public Caller Caller => caller;

    public CancellationToken Aborted => context.RequestAborted;

    public string? IdempotencyKey
    {
        get
        {
            var key = context.Request.Headers["Idempotency-Key"].ToString();
            if (key.Length > 256)
                throw WebhookProblem.Invalid("Idempotency-Key", "must have 256 characters at most").ToException();
            return key.Length == 0 ? null : key;
        }
    }

    /// <summary>How many a list has on a page.</summary>
    public int Limit
    {
        get
        {
            var text = Query("limit");
            if (text is null)
                return DefaultLimit;
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MaxLimit
                ? limit
                : throw WebhookProblem.Invalid("limit", $"must be 1 to {MaxLimit}").ToException();
        }
    }

    public string Route(string name) => context.GetRouteValue(name)?.ToString() ?? "";

    public string? Query(string name)
    {
        if (context.Request.Query[name] is not [{ Length: > 0 } value])
            return null;
        return MessageRules.HasZero(value) ? throw WebhookProblem.Invalid(name, MessageRules.NoZero).ToException() : value;
    }

    public DateTimeOffset? QueryTime(string name)
    {
        var text = Query(name);
        if (text is null)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw WebhookProblem.Invalid(name, "must be a time, as 2026-11-27T12:00:00Z").ToException();
    }

    /// <exception cref="WebhookException">It is not an id of the kind, which is answered as if it did not exist.</exception>
    public Guid RouteId(string name, string prefix, string what) =>
        WebhookId.TryParse(prefix, Route(name), out var id) ? id : throw WebhookProblem.NotFound(what).ToException();

    /// <summary>The cursor as an id; null for the first page.</summary>
    public Guid? CursorId(string prefix)
    {
        var text = Query("cursor");
        if (text is null)
            return null;
        return WebhookId.TryParse(prefix, text, out var id) ? id : throw WebhookProblem.Invalid("cursor", "is not one of this list").ToException();
    }

    /// <summary>Reads the body.</summary>
    /// <param name="type">What it is read as.</param>
    /// <param name="maxPayload">Bytes that it may have beyond the usual fields.</param>
    /// <exception cref="WebhookException">It is too large, or not what it should be.</exception>
    public async Task<T> ReadAsync<T>(JsonTypeInfo<T> type, int maxPayload = 0)
    {
        var bytes = await ReadBytesAsync(MaxEnvelope + maxPayload);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw BadJson("must be an object");
        }
        catch (JsonException exception)
        {
            throw BadJson(Explain(exception));
        }
    }

    /// <summary>Reads a body of which it matters what it does not have.</summary>
    /// <param name="type">What it is read as.</param>
    /// <param name="maxPayload">Bytes that it may have beyond the usual fields.</param>
    public async Task<(T Body, IReadOnlySet<string> Fields)> ReadChangeAsync<T>(JsonTypeInfo<T> type, int maxPayload = 0)
    {
        var bytes = await ReadBytesAsync(MaxEnvelope + maxPayload);
        try
        {
            var body = JsonSerializer.Deserialize(bytes, type) ?? throw BadJson("must be an object");
            var fields = ((JsonObject)JsonNode.Parse(bytes)!).Select(static field => field.Key).ToHashSet(StringComparer.Ordinal);
            return (body, fields);
        }
        catch (JsonException exception)
        {
            throw BadJson(Explain(exception));
        }
    }

    private async Task<byte[]> ReadBytesAsync(int max)
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
            throw new WebhookProblem(415, "unsupported_media_type", "Send application/json.").ToException();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = max;
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(buffer, Aborted)) > 0)
            {
                if (body.Length + read > max)
                    throw TooLarge(max);
                body.Write(buffer, 0, read);
            }
        }
        catch (BadHttpRequestException exception)
        {
            throw exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLarge(max)
                : new WebhookProblem(exception.StatusCode, "bad_request", "The request could not be read.").ToException();
        }

        return body.ToArray();
    }

    private static WebhookException TooLarge(int max) => new WebhookProblem(413, "too_large", $"The body is larger than {max} bytes.").ToException();

    private static WebhookException BadJson(string detail) => new WebhookProblem(400, "invalid_json", $"The body {detail}.").ToException();

    // Of the parser's message, the part that tells of the body, not of our types.
    private static string Explain(JsonException exception) => exception.Path is { Length: > 1 } path
        ? $"has something at {path} that does not belong there"
        : exception.LineNumber is { } line ? $"is not JSON of this call (line {line + 1})" : "is not JSON of this call";
}
