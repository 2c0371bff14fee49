using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Parley.Webhooks.Verification.AspNetCore;

/// <summary>Stands in front of an endpoint.</summary>
internal sealed partial class WebhookRequestVerifier(
    WebhookVerificationOptions options, KeySet keys, RequestDelegate next, TimeProvider time, ILogger logger)
{
    private const int MaxBodyLimit = 64 * 1024 * 1024;

    private volatile State _state = new(keys, new WebhookVerifier(keys.Keys, options.Tolerance, time));

    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static KeySet Check(WebhookVerificationOptions options)
    {
        if (options.Tolerance < TimeSpan.FromSeconds(1) || options.Tolerance > TimeSpan.FromHours(1))
            throw new ArgumentException("Tolerance must be 1 second to 1 hour.", nameof(options));
        if (options.MaxBodyBytes is < 1 or > MaxBodyLimit)
            throw new ArgumentException("MaxBodyBytes must be 1 to 67108864.", nameof(options));
        return KeySet.TryRead(options.Keys, out var problem) ?? throw new ArgumentException($"Keys cannot be used. {problem}", nameof(options));
    }

    public async Task HandleAsync(HttpContext context)
    {
        var body = await ReadBodyAsync(context);
        if (body is null)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The body is larger than {options.MaxBodyBytes} bytes.");
            return;
        }

        var headers = context.Request.Headers;
        var id = headers["webhook-id"].ToString();
        var verdict = Verifier().Verify(id, headers["webhook-timestamp"], headers["webhook-signature"], body.GetBuffer().AsSpan(0, (int)body.Length));
        if (verdict is not WebhookVerdict.Valid)
        {
            LogRefused(verdict);
            await RefuseAsync(context, verdict);
            return;
        }

        context.Request.Body = body;
        if (options.Ids is { } ids)
            await HandleOnceAsync(context, ids, id);
        else
            await next(context);
    }

    private async Task HandleOnceAsync(HttpContext context, IWebhookIdStore ids, string id)
    {
        switch (await ids.ClaimAsync(id, context.RequestAborted))
        {
            case WebhookIdClaim.Processed:
                context.Response.StatusCode = StatusCodes.Status200OK;
                return;
            case WebhookIdClaim.InProgress:
                await RefuseAsync(context, StatusCodes.Status409Conflict, "in_progress", "This webhook is being processed by another request.");
                return;
        }

        var processed = false;
        try
        {
            await next(context);
            processed = context.Response.StatusCode is >= 200 and < 300;
        }
        finally
        {
            await ids.CompleteAsync(id, processed, CancellationToken.None);
        }
    }

    private async Task<MemoryStream?> ReadBodyAsync(HttpContext context)
    {
        // The server's own limit may be lower and would end the request in another way.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxBodyBytes;
        if (context.Request.ContentLength > options.MaxBodyBytes)
            return null;

        var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                if (body.Length + read > options.MaxBodyBytes)
                    return null;
                body.Write(buffer, 0, read);
            }
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        body.Position = 0;
        return body;
    }

    /// <summary>The keys may be changed while the application runs; the last good ones stay.</summary>
    private WebhookVerifier Verifier()
    {
        var state = _state;
        if (state.Keys.IsOf(options.Keys))
            return state.Verifier;
        if (KeySet.TryRead(options.Keys, out var problem) is { } changed)
            return (_state = new State(changed, new WebhookVerifier(changed.Keys, options.Tolerance, time))).Verifier;

        LogBadKeys(problem);
        return state.Verifier;
    }

    private static Task RefuseAsync(HttpContext context, WebhookVerdict verdict) => verdict switch
    {
        WebhookVerdict.MissingHeader => RefuseAsync(context, StatusCodes.Status401Unauthorized, "missing_header",
            "webhook-id, webhook-timestamp and webhook-signature are needed."),
        WebhookVerdict.InvalidId => RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_id", "webhook-id is not an id."),
        WebhookVerdict.InvalidTimestamp => RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_timestamp",
            "webhook-timestamp is not a Unix time in seconds."),
        WebhookVerdict.TooOld => RefuseAsync(context, StatusCodes.Status401Unauthorized, "too_old", "webhook-timestamp is too long ago."),
        WebhookVerdict.TooNew => RefuseAsync(context, StatusCodes.Status401Unauthorized, "too_new", "webhook-timestamp is in the future."),
        _ => RefuseAsync(context, StatusCodes.Status401Unauthorized, "invalid_signature", "No signature fits."),
    };

    private static async Task RefuseAsync(HttpContext context, int status, string code, string detail)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        // All texts are ours, and need no escaping.
        await context.Response.WriteAsync($$"""{"type":"about:blank","status":{{status}},"code":"{{code}}","detail":"{{detail}}"}""");
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Information, Message = "A webhook was refused: {Verdict}")]
    private partial void LogRefused(WebhookVerdict verdict);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "The webhook keys were changed to bad ones and are not used, the last good ones stay. {Problem}")]
    private partial void LogBadKeys(string? problem);

    private sealed record State(KeySet Keys, WebhookVerifier Verifier);
}
