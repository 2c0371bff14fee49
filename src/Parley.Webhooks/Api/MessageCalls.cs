using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api;

/// <summary>Calls about messages, their deliveries and attempts.</summary>
internal sealed class MessageCalls(
    Calls calls, WebhookService service, IWebhookStore store, WebhookCatalog catalog, Dispatcher dispatcher, IOptions<WebhookOptions> options, TimeProvider time)
{
    public async Task<ApiAnswer> SendAsync(ApiCall call)
    {
        var application = (await calls.ApplicationAsync(call)).Application.Id;
        var key = call.IdempotencyKey;
        var body = await call.ReadAsync(ApiJson.Default.MessageBody, options.Value.MaxPayloadBytes);
        if (body.Payload is not { } payload)
            throw WebhookProblem.Invalid("/payload", "is missing").ToException();
        var receipt = await service.AcceptAsync(
            application,
            new WebhookMessage(body.EventType ?? "", JsonMarshal.GetRawUtf8Value(payload).ToArray())
            {
                Uid = body.Uid,
                Channels = body.Channels ?? [],
                Tags = body.Tags ?? [],
                DeliverAt = body.DeliverAt,
                ExpiresAt = body.ExpiresAt,
            },
            key,
            call.Aborted);
        var answer = ApiAnswer.Of(202, new ReceiptView(receipt.Id, receipt.IsDuplicate), ApiJson.Default.ReceiptView);
        return receipt.IsDuplicate && key is not null ? ApiAnswer.Again(answer.Keep()) : answer;
    }

    public async Task<ApiAnswer> ReadAsync(ApiCall call)
    {
        var message = await MessageAsync(call);
        return ApiAnswer.Of(200, MessageView.Of(message), ApiJson.Default.MessageView);
    }

    public async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var application = (await calls.ApplicationAsync(call)).Application.Id;
        var page = await store.ListMessagesAsync(
            new MessageQuery
            {
                Application = application,
                EventType = call.Query("eventType"),
                Channel = call.Query("channel"),
                Tag = call.Query("tag"),
                Since = call.QueryTime("since"),
                Until = call.QueryTime("until"),
                Cursor = call.CursorId(WebhookId.Message),
                Limit = call.Limit,
            },
            call.Aborted);
        var next = page.Next is { } cursor ? WebhookId.Format(WebhookId.Message, cursor) : null;
        return ApiAnswer.Of(200, new ListView<MessageView>([.. page.Items.Select(MessageView.Of)], next), ApiJson.Default.ListViewMessageView);
    }

    public async Task<ApiAnswer> ListDeliveriesOfMessageAsync(ApiCall call)
    {
        var message = await MessageAsync(call);
        return await ListDeliveriesAsync(call, new DeliveryQuery { Message = message.Id, Limit = call.Limit });
    }

    public async Task<ApiAnswer> ListDeliveriesOfEndpointAsync(ApiCall call)
    {
        var endpoint = await calls.EndpointAsync(call);
        return await ListDeliveriesAsync(call, new DeliveryQuery { Endpoint = endpoint.Id, Limit = call.Limit });
    }

    public async Task<ApiAnswer> ReadDeliveryAsync(ApiCall call) =>
        ApiAnswer.Of(200, DeliveryView.Of(await DeliveryAsync(call)), ApiJson.Default.DeliveryView);

    public async Task<ApiAnswer> ListAttemptsAsync(ApiCall call)
    {
        var delivery = await DeliveryAsync(call);
        var limit = call.Limit;
        var before = int.MaxValue;
        if (call.Query("cursor") is { } cursor && !int.TryParse(cursor, out before))
            throw WebhookProblem.Invalid("cursor", "is not one of this list").ToException();
        var page = await store.ListAttemptsAsync(delivery.Key, before, limit + 1, call.Aborted);
        var shown = page.Take(limit).Select(AttemptView.Of).ToList();
        return ApiAnswer.Of(200, new ListView<AttemptView>(shown, page.Count > limit ? $"{shown[^1].Number}" : null), ApiJson.Default.ListViewAttemptView);
    }

    /// <summary>Tries a delivery again, now.</summary>
    public async Task<ApiAnswer> RetryAsync(ApiCall call)
    {
        var delivery = await DeliveryAsync(call);
        var endpoint = await catalog.FindEndpointAsync(delivery.Application, delivery.Key.Endpoint);
        if (endpoint is { State: Endpoints.EndpointState.Pending })
            throw Calls.EndpointPending();
        if (endpoint is not { State: Endpoints.EndpointState.Active })
            throw WebhookProblem.Conflict("endpoint_disabled", "The endpoint is disabled or deleted.").ToException();
        var retried = await store.RetryAsync(
            new RetryRequest
            {
                Application = delivery.Application,
                Keys = [delivery.Key],
                Now = time.GetUtcNow(),
                Trigger = AttemptTrigger.Manual,
            },
            call.Aborted);
        if (retried.Count == 0)
            throw WebhookProblem.Conflict("not_now", "The delivery is being sent now, or its message is gone.").ToException();
        dispatcher.Renew(delivery.Application, delivery.Key.Endpoint);
        var now = await store.ReadDeliveryAsync(delivery.Key, call.Aborted) ?? delivery;
        return ApiAnswer.Of(202, DeliveryView.Of(now), ApiJson.Default.DeliveryView);
    }

    private async Task<ApiAnswer> ListDeliveriesAsync(ApiCall call, DeliveryQuery query)
    {
        DeliveryState? state = null;
        if (call.Query("state") is { } name)
        {
            if (!ApiNames.TryRead<DeliveryState>(name, out var wanted))
                throw WebhookProblem.Invalid("state", $"must be one of {ApiNames.All<DeliveryState>()}").ToException();
            state = wanted;
        }

        DeliveryKey? before = null;
        if (call.Query("cursor") is { } cursor)
            before = DeliveryKey.TryParse(cursor, out var key) ? key : throw WebhookProblem.Invalid("cursor", "is not one of this list").ToException();
        var page = await store.ListDeliveriesAsync(
            query with { State = state, Since = call.QueryTime("since"), Until = call.QueryTime("until"), Cursor = before }, call.Aborted);
        return ApiAnswer.Of(
            200, new ListView<DeliveryView>([.. page.Items.Select(DeliveryView.Of)], page.Next?.ToString()), ApiJson.Default.ListViewDeliveryView);
    }

    private async Task<Message> MessageAsync(ApiCall call)
    {
        var application = (await calls.ApplicationAsync(call)).Application.Id;
        return await store.ReadMessageAsync(application, call.RouteId("message", WebhookId.Message, "message"), call.Aborted)
            ?? throw WebhookProblem.NotFound("message").ToException();
    }

    private async Task<Delivery> DeliveryAsync(ApiCall call)
    {
        var application = (await calls.ApplicationAsync(call)).Application.Id;
        return DeliveryKey.TryParse(call.Route("delivery"), out var key) && await store.ReadDeliveryAsync(key, call.Aborted) is { } delivery
            && delivery.Application == application
                ? delivery
                : throw WebhookProblem.NotFound("delivery").ToException();
    }
}
