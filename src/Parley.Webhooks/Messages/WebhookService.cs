using System.Text.Json;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Outbound.Lanes;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Messages;

/// <summary>Accepts messages: one commit, then straight into the lanes.</summary>
internal sealed class WebhookService(
    IWebhookStore store, WebhookCatalog catalog, Dispatcher dispatcher, IdGenerator ids, AcceptLimits limits, WebhookMetrics metrics,
    WebhookHealthCheck health, IOptions<WebhookOptions> options, TimeProvider time) : IWebhooks
{
    public async ValueTask<WebhookReceipt> SendAsync(string application, WebhookMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(application);
        ArgumentNullException.ThrowIfNull(message);
        var id = await FindApplicationAsync(application, cancellationToken) ?? throw WebhookProblem.NotFound("application").ToException();
        return await AcceptAsync(id, message, idempotencyKey: null, cancellationToken);
    }

    /// <exception cref="WebhookException">It cannot be accepted.</exception>
    public async ValueTask<WebhookReceipt> AcceptAsync(
        Guid application, WebhookMessage message, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var now = time.GetUtcNow();
        byte[] payload = message.Payload.Length > options.Value.MaxPayloadBytes ? [] : message.Payload.ToArray(); // the caller may use its buffer again
        using var document = MessageRules.Read(payload);
        Require(MessageRules.Check(message, document, options.Value.MaxPayloadBytes, now));
        if (await catalog.FindTypeAsync(message.EventType) is { Schema: { } schema })
            Require(schema.Check(document!.RootElement, "/payload"));
        var entry = await catalog.FindAsync(application) ?? throw WebhookProblem.NotFound("application").ToException();
        limits.Take(entry.Application);

        var accepted = new Message
        {
            Id = ids.Next(),
            Application = application,
            Uid = message.Uid,
            EventType = message.EventType,
            Payload = payload,
            Channels = message.Channels,
            Tags = message.Tags,
            AcceptedAt = now,
            DeliverAt = message.DeliverAt,
            ExpiresAt = message.ExpiresAt,
        };
        var places = Reserve(entry, accepted, document!.RootElement, now);
        AcceptResult? result = null;
        try
        {
            result = await store.AcceptAsync(new Acceptance(accepted, [.. places.Select(static place => place.Delivery)], idempotencyKey), cancellationToken);
        }
        catch (WebhookStoreException exception)
        {
            health.Note(exception);
            throw;
        }
        finally
        {
            foreach (var place in places)
                Hand(place, accepted, isAccepted: result is { Outcome: AcceptOutcome.Accepted });
        }

        if (result.Value.Outcome is AcceptOutcome.Conflict)
        {
            throw WebhookProblem.Conflict("message_exists",
                $"Another message was accepted with this uid or idempotency key: {WebhookId.Format(WebhookId.Message, result.Value.Message)}.").ToException();
        }

        if (result.Value.Outcome is AcceptOutcome.Accepted)
            metrics.Accepted(time.GetElapsedTime(began));
        return new WebhookReceipt(WebhookId.Format(WebhookId.Message, result.Value.Message), result.Value.Outcome is AcceptOutcome.Duplicate);
    }

    /// <param name="text">Id or uid.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Guid?> FindApplicationAsync(string text, CancellationToken cancellationToken)
    {
        if (WebhookId.TryParse(WebhookId.Application, text, out var id))
            return await catalog.FindAsync(id) is null ? null : id;
        return (await store.FindAsync(ResourceKind.Application, Guid.Empty, text, cancellationToken))?.Id;
    }

    private static void Require(IReadOnlyList<FieldError> errors)
    {
        if (errors.Count > 0)
            throw WebhookProblem.Invalid(errors).ToException();
    }

    private List<Place> Reserve(ApplicationEntry entry, Message message, JsonElement payload, DateTimeOffset now)
    {
        var places = new List<Place>();
        foreach (var endpoint in entry.Wanting(message, payload))
        {
            var lane = dispatcher.LaneOf(message.Application, endpoint.Id);
            var isLater = message.DeliverAt > now;
            var isLeased = !isLater && lane.TryReserve(endpoint, message.Payload.Length);
            var dueAt = isLeased ? now + Lane.LeaseOf(endpoint) : isLater ? message.DeliverAt!.Value : now;
            places.Add(new Place(lane, new NewDelivery(endpoint.Id, dueAt, isLeased)));
        }

        return places;
    }

    private static void Hand(Place place, Message message, bool isAccepted)
    {
        var (lane, delivery) = place;
        if (!delivery.IsLeased)
        {
            if (isAccepted)
                lane.Expect(delivery.DueAt);
            return;
        }

        lane.Fill(
            isAccepted
                ? new ClaimedDelivery(
                    new Delivery
                    {
                        Key = new DeliveryKey(message.Id, delivery.Endpoint),
                        Application = message.Application,
                        State = DeliveryState.Sending,
                        DueAt = delivery.DueAt,
                        Fence = 1,
                        CreatedAt = message.AcceptedAt,
                        UpdatedAt = message.AcceptedAt,
                    },
                    message)
                : null,
            message.Payload.Length);
    }

    private readonly record struct Place(Lane Lane, NewDelivery Delivery);
}
