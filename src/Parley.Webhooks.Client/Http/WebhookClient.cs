using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Http;

/// <summary>Sends messages through the API of a Parley server.</summary>
/// <remarks>A message that is sent again is the same to the server: by its uid, or by a key that all its attempts have.</remarks>
internal sealed class WebhookClient : IWebhooks, IDisposable
{
    private const int MaxAnswerBytes = 256 * 1024;
    private const int MaxPayloadBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private readonly WebhookClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly string _address;
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a key is for whom it was given
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a change in DNS is noticed
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    public WebhookClient(IOptions<WebhookClientOptions> options, TimeProvider time, Random random)
    {
        (_options, _time, _random) = (options.Value, time, random);
        _address = _options.Address!.ToString().TrimEnd('/');
    }

    public async ValueTask<WebhookReceipt> SendAsync(string application, WebhookMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(application);
        ArgumentNullException.ThrowIfNull(message);
        var body = ToBody(message);
        var key = message.Uid is null ? $"{Guid.NewGuid():N}" : null;
        for (var attempt = 1; ; attempt++)
        {
            var answer = await TryAsync(application, body, key, cancellationToken);
            if (answer.Receipt is { } receipt)
                return receipt;
            var delay = DelayAfter(attempt, answer.RetryAfter);
            if (!answer.IsPassing || attempt == _options.MaxAttempts || delay > LongestDelay)
                throw answer.Exception!;
            await Task.Delay(delay, _time, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private byte[] ToBody(WebhookMessage message)
    {
        using var document = message.Payload.Length > MaxPayloadBytes ? null : MessageRules.Read(message.Payload);
        return MessageRules.Check(message, document, MaxPayloadBytes, _time.GetUtcNow()) is { Count: > 0 } errors
            ? throw WebhookProblem.Invalid(errors).ToException()
            : MessageJson.Write(message);
    }

    private async Task<Answer> TryAsync(string application, byte[] body, string? key, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_options.Timeout, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_address}/applications/{Uri.EscapeDataString(application)}/messages");
        request.Headers.Add("X-API-Key", _options.Key);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ended.Token);
            var content = await response.Content.ReadAsByteArrayAsync(ended.Token);
            return Read(response, content);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Unavailable($"{_address} did not answer within {_options.Timeout.TotalSeconds} seconds.", exception);
        }
        // .NET does not wrap it when the server resets a connection in the moment in which it is made.
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            return Unavailable($"{_address} cannot be reached: {exception.Message}", exception);
        }
    }

    private Answer Read(HttpResponseMessage response, byte[] content)
    {
        if (response.IsSuccessStatusCode && MessageJson.ReadReceipt(content) is { } receipt)
            return new Answer { Receipt = receipt };

        var status = (int)response.StatusCode;
        var isPassing = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
        // An answer without a code is from something between, or from another server.
        var problem = response.IsSuccessStatusCode ? null : MessageJson.ReadProblem(status, content);
        return new Answer
        {
            IsPassing = isPassing,
            RetryAfter = response.Headers.RetryAfter?.Delta,
            Exception = problem switch
            {
                { Status: 507 } => new WebhookStoreException(WebhookStoreProblem.Full, problem.Detail),
                { Status: 503 } => new WebhookStoreException(WebhookStoreProblem.Unavailable, problem.Detail),
                not null => problem.ToException(),
                null when status == 413 => new WebhookProblem(413, "too_large", $"{_address} does not take a body of this size.").ToException(),
                null => new WebhookStoreException(
                    WebhookStoreProblem.Unavailable, $"{_address} answered {status}, and not as Parley does. Is it the address of its webhook API?"),
            },
        };
    }

    private static Answer Unavailable(string message, Exception exception) => new()
    {
        IsPassing = true,
        Exception = new WebhookStoreException(WebhookStoreProblem.Unavailable, message, exception),
    };

    /// <summary>Four times as long after each attempt, from all of it down to half, so that senders do not come back together.</summary>
    private TimeSpan DelayAfter(int attempt, TimeSpan? retryAfter)
    {
        var delay = ShortestDelay * Math.Pow(4, attempt - 1) * (1 - (_random.NextDouble() / 2));
        return retryAfter > delay ? retryAfter.Value : delay < LongestDelay ? delay : LongestDelay;
    }

    private readonly record struct Answer
    {
        public WebhookReceipt? Receipt { get; init; }

        public Exception? Exception { get; init; }

        /// <summary>Whether the same request may be answered otherwise in a moment.</summary>
        public bool IsPassing { get; init; }

        public TimeSpan? RetryAfter { get; init; }
    }
}
