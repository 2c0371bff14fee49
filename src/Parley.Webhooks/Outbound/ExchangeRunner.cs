using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound.Sending;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound;

/// <summary>Makes a message a request of an endpoint and sends it: the one way for deliveries, tests and verification.</summary>
internal sealed partial class ExchangeRunner(
    RequestBuilder builder, RequestTransformer transformer, IRequestSender sender, WebhookCatalog catalog, TimeProvider time, ILogger<ExchangeRunner> logger)
{
    /// <summary>Sends a message as the endpoint's script makes it. Only a cancellation throws.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="message">What.</param>
    /// <param name="attempt">1 for the first.</param>
    /// <param name="marks">Headers of this server's own.</param>
    /// <param name="isCurrent">Asked before anything is sent; null: it is sent in any case.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    /// <returns>Null when the script cancelled it.</returns>
    public async Task<SendResult?> RunAsync(
        Endpoint endpoint, Message message, int attempt, IReadOnlyList<KeyValuePair<string, string>> marks, Func<ValueTask<bool>>? isCurrent,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            if (await transformer.TransformAsync(endpoint, message, attempt, cancellationToken) is not { } draft)
                return null;
            return endpoint.BodySchema is { } schema && BodyRules.Check(schema, draft) is { Count: > 0 } errors
                ? NotSent(now, DeliveryError.BodySchema, "the body does not fit the endpoint's schema", errors)
                : await RunAsync(endpoint, message, draft with { Marks = [.. draft.Marks, .. marks] }, isCurrent, cancellationToken);
        }
        catch (UrlTemplateException exception)
        {
            return NotSent(now, DeliveryError.UrlTemplate, exception.Message);
        }
        catch (TransformationFailedException exception)
        {
            return exception.IsOfThisServer
                ? NotSent(now, DeliveryError.WorkerUnavailable, exception.Message) with { IsPostponed = true }
                : NotSent(now, DeliveryError.Transformation, exception.Message);
        }
        catch (WebhookStoreException exception)
        {
            LogNotBuilt(WebhookId.Format(WebhookId.Message, message.Id), WebhookId.Format(WebhookId.Endpoint, endpoint.Id), exception);
            return NotSent(now, DeliveryError.Configuration, "the request could not be made now") with { IsPostponed = true };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // An attempt all the same: one that throws each time comes to the end of its schedule, and does not go round for ever.
            LogNotBuilt(WebhookId.Format(WebhookId.Message, message.Id), WebhookId.Format(WebhookId.Endpoint, endpoint.Id), exception);
            return NotSent(now, DeliveryError.Configuration, "the request could not be made: something went wrong here");
        }
    }

    /// <summary>Sends a request that no script has to see. Only a cancellation throws.</summary>
    public Task<SendResult> RunAsync(Endpoint endpoint, Message message, RequestDraft draft, CancellationToken cancellationToken) =>
        RunAsync(endpoint, message, draft, isCurrent: null, cancellationToken);

    private async Task<SendResult> RunAsync(
        Endpoint endpoint, Message message, RequestDraft draft, Func<ValueTask<bool>>? isCurrent, CancellationToken cancellationToken)
    {
        if (draft.Url.OriginalString != endpoint.Url && await IsElsewhereAsync(endpoint, draft.Url))
            return NotSent(time.GetUtcNow(), DeliveryError.Transformation, "the url leads to another origin than that of the endpoint, whose receiver alone was asked");
        OutgoingRequest request;
        try
        {
            request = builder.Build(endpoint, message, draft);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException or InvalidOperationException)
        {
            LogNotBuilt(WebhookId.Format(WebhookId.Message, message.Id), WebhookId.Format(WebhookId.Endpoint, endpoint.Id), exception);
            return NotSent(
                time.GetUtcNow(), DeliveryError.Configuration, "the request could not be made: the endpoint's secrets or headers cannot be used");
        }

        return await sender.SendAsync(request with { IsCurrentAsync = isCurrent }, cancellationToken) with { RequestBody = request.Body };
    }

    /// <summary>Whether a script leads where no receiver has consented, though one must.</summary>
    private async ValueTask<bool> IsElsewhereAsync(Endpoint endpoint, Uri url) =>
        url.GetLeftPart(UriPartial.Authority) != EndpointVerification.OriginOf(endpoint.Url)
        && await catalog.FindAsync(endpoint.Application) is { Application.Verification: not VerificationMethod.None };

    private static SendResult NotSent(DateTimeOffset now, DeliveryError error, string detail, IReadOnlyList<FieldError>? errors = null) => new()
    {
        StartedAt = now,
        Duration = TimeSpan.Zero,
        Error = error,
        Exchange = new Exchange
        {
            Detail = detail,
            Errors = errors,
        },
    };

    [LoggerMessage(EventId = 5101, Level = LogLevel.Error, Message = "The request of message {Message} for endpoint {Endpoint} could not be made")]
    private partial void LogNotBuilt(string message, string endpoint, Exception exception);
}
