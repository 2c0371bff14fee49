using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Outbound.Sending;

/// <summary>Sends over guarded connections, and takes of an answer what it needs.</summary>
internal sealed class RequestSender(ConnectionPools pools, TimeProvider time) : IRequestSender
{
    private const int MaxBody = 16 * 1024;
    private const int MaxShownHeaders = 64;
    private const int MaxShownHeader = 1024;
    private const string UserAgent = "Parley-Webhooks/1.0";

    /// <summary>Longest that a receiver is heard when it asks to wait.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    public async Task<SendResult> SendAsync(OutgoingRequest request, CancellationToken cancellationToken)
    {
        // Scripts and access tokens take their time, in which the owner may have moved the endpoint elsewhere.
        if (request.IsCurrentAsync is { } isCurrent && !await isCurrent())
            return new SendResult { StartedAt = time.GetUtcNow(), Duration = TimeSpan.Zero, IsOutdated = true, Exchange = new Exchange() };
        var exchange = new Exchange
        {
            Method = request.Method,
            Url = request.ShownUrl ?? request.Url.AbsoluteUri,
            RequestHeaders = [.. request.Headers.Select(header => request.SecretHeaders.Contains(header.Key) ? new(header.Key, Masking.Mask) : header)],
        };
        var startedAt = time.GetUtcNow();
        var began = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        ConnectionPools.Pool? pool = null;
        HttpResponseMessage? response = null;
        try
        {
            pool = pools.Rent(request.Tls);
            using var message = Build(request);
            response = await pool.SendAsync(message, either.Token);
            exchange = exchange with { ResponseHeaders = Shown(response, request.Secrets) };
            var (body, isCut) = await ReadAsync(response, either.Token);
            exchange = exchange with { ResponseBody = Masking.Hide(body, request.Secrets), IsResponseBodyCut = isCut };
            var status = (int)response.StatusCode;
            return new SendResult
            {
                StartedAt = startedAt,
                Duration = time.GetElapsedTime(began),
                Status = status,
                Error = status is >= 200 and < 300 ? null : DeliveryError.Status,
                RetryAfter = RetryAfter(response),
                Directive = Directive(response),
                Exchange = exchange,
            };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var (error, detail) = deadline.IsCancellationRequested
                ? (DeliveryError.Timeout, $"no complete answer within {request.Timeout.TotalSeconds:0.###} s")
                : pool is null ? (DeliveryError.Configuration, "the endpoint's client certificate cannot be used") : SendFailure.Explain(exception);
            return new SendResult
            {
                StartedAt = startedAt,
                Duration = time.GetElapsedTime(began),
                Status = (int?)response?.StatusCode,
                Error = error,
                // What stood in whole headers counts, whatever became of the body.
                RetryAfter = response is null ? null : RetryAfter(response),
                Directive = response is null ? ReceiverDirective.None : Directive(response),
                Exchange = exchange with { Detail = detail },
            };
        }
        finally
        {
            response?.Dispose();
            pool?.Return();
        }
    }

    private static HttpRequestMessage Build(OutgoingRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url);
        if (!request.Body.IsEmpty || request.Method is not ("GET" or "HEAD" or "OPTIONS"))
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        foreach (var (name, value) in request.Headers)
        {
            message.Headers.Remove(name);
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private static async Task<(string Body, bool IsCut)> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBody + 1);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var length = 0;
            int read;
            while (length <= MaxBody && (read = await stream.ReadAsync(buffer.AsMemory(length, MaxBody + 1 - length), cancellationToken)) > 0)
                length += read;
            return (Encoding.UTF8.GetString(buffer, 0, Math.Min(length, MaxBody)), length > MaxBody);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static List<KeyValuePair<string, string>> Shown(HttpResponseMessage response, IReadOnlyList<string> secrets) =>
    [
        .. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).SelectMany(header => header.Value
            .Select(value => new KeyValuePair<string, string>(header.Key, Shown(Masking.Hide(value, secrets))))).Take(MaxShownHeaders),
    ];

    private static string Shown(string value) => value.Length > MaxShownHeader ? value[..MaxShownHeader] : value;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out var values))
            return null;
        var text = values.ToString().Trim();
        TimeSpan wait;
        // Any number of seconds: also one that no TimeSpan can hold asks to wait for long.
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
            wait = text.TrimStart('0').Length > 9 ? MaxRetryAfter : TimeSpan.FromSeconds(long.Parse(text, CultureInfo.InvariantCulture));
        else if (RetryConditionHeaderValue.TryParse(text, out var header) && header.Date is { } date)
            wait = date - time.GetUtcNow();
        else
            return null;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > MaxRetryAfter ? MaxRetryAfter : wait;
    }

    private static ReceiverDirective Directive(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("webhook-delivery", out var values)
            ? values.ToString().Trim().ToLower(CultureInfo.InvariantCulture) switch
            {
                "disable" => ReceiverDirective.Disable,
                "abort-message" => ReceiverDirective.AbortMessage,
                _ => ReceiverDirective.None,
            }
            : ReceiverDirective.None;
}
