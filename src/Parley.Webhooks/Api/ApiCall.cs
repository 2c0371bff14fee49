using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Parley.Webhooks.Api.Idempotency;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api;

/// <summary>One request of the API, read.</summary>
internal sealed class ApiCall(HttpContext context, Caller caller)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 250;
    private const int MaxKey = 256;

    /// <summary>Room for the fields around a payload.</summary>
    public const int MaxEnvelope = 64 * 1024;

    private byte[]? _body;

    public Caller Caller => caller;

    /// <summary>Ends what is only done for the caller's sake, when the caller has gone.</summary>
    public CancellationToken Aborted => IsDetached ? CancellationToken.None : context.RequestAborted;

    /// <summary>Whether it goes on when its caller has gone, since its answer is kept.</summary>
    public bool IsDetached { get; set; }

    /// <summary>Makes the record of an answer, when there is an Idempotency-Key.</summary>
    public Func<ApiAnswer, ResourceChange>? Recorder { get; set; }

    public string? IdempotencyKey
    {
        get
        {
            var given = context.Request.Headers["Idempotency-Key"];
            if (given.Count == 0)
                return null;
            return given is [{ Length: > 0 and <= MaxKey } key] && !key.AsSpan().ContainsAnyExceptInRange('!', '~') ? key : throw IdempotencyProblems.Malformed();
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

    /// <summary>For the commit that makes an answer true: its record, before all that may stand in the way. Nothing for a call without an Idempotency-Key.</summary>
    public IEnumerable<ResourceChange> Record(ApiAnswer answer) => Recorder is { } record ? [record(answer)] : [];

    /// <summary>The hash of address and body.</summary>
    /// <param name="max">Bytes that the body may have.</param>
    public async Task<string> HashAsync(int max)
    {
        var request = context.Request;
        _body = await ReadAllAsync(max);
        return KeyedCall.HashOf($"{request.Method} {request.PathBase}{request.Path}{request.QueryString}", _body);
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
        if (!context.Request.HasJsonContentType())
            throw new WebhookProblem(415, "unsupported_media_type", "Send application/json.").ToException();
        var body = _body ?? await ReadAllAsync(max);
        return body.Length <= max ? body : throw TooLarge(max);
    }

    private async Task<byte[]> ReadAllAsync(int max)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = max;
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, Aborted)) > 0)
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
