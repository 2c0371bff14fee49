using System.Text.Json;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Api;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Events;

/// <summary>Makes messages of what happens to endpoints, for the application that the operator has named for them.</summary>
/// <remarks>
/// They are stored in one commit with what they tell of, and then are messages like any other. Of the operators' own endpoints nothing is told: one that fails
/// would cause the next message to itself.
/// </remarks>
internal sealed class OperationalEvents(
    IWebhookStore store, WebhookCatalog catalog, IdGenerator ids, IOptions<WebhookOptions> options, TimeProvider time)
{
    public const string Disabled = "endpoint.disabled";
    public const string Enabled = "endpoint.enabled";
    public const string Recovered = "endpoint.recovered";
    public const string Exhausted = "message.exhausted";

    public ValueTask<Acceptance?> DisabledAsync(Endpoint endpoint) => TellAsync(
        Disabled, endpoint, view => view with { Reason = endpoint.DisabledReason is { } reason ? ApiNames.Of(reason) : null, FailingSince = endpoint.FailingSince });

    public ValueTask<Acceptance?> EnabledAsync(Endpoint endpoint) => TellAsync(Enabled, endpoint, static view => view);

    public ValueTask<Acceptance?> RecoveredAsync(Endpoint endpoint, DateTimeOffset? failingSince) =>
        TellAsync(Recovered, endpoint, view => view with { FailingSince = failingSince });

    public ValueTask<Acceptance?> ExhaustedAsync(Endpoint endpoint, Message message, Completion completion) => TellAsync(
        Exhausted,
        endpoint,
        view => view with
        {
            Message = new EventMessage(WebhookId.Format(WebhookId.Message, message.Id), message.Uid, message.EventType, message.AcceptedAt),
            Delivery = new EventDelivery(
                completion.Key.ToString(), completion.Attempt?.Number, completion.Attempt?.Status,
                completion.Error is { } error ? ApiNames.Of(error) : null),
        });

    private async ValueTask<Acceptance?> TellAsync(string type, Endpoint endpoint, Func<EventView, EventView> fill)
    {
        if (options.Value.OperationalApplication is not { Length: > 0 } uid
            || await store.FindAsync(ResourceKind.Application, Guid.Empty, uid) is not { } resource
            || resource.Id == endpoint.Application
            || await catalog.FindAsync(resource.Id) is not { } entry)
            return null;

        var now = time.GetUtcNow();
        var application = await catalog.FindAsync(endpoint.Application);
        var view = fill(new EventView
        {
            Application = new EventApplication(WebhookId.Format(WebhookId.Application, endpoint.Application), application?.Application.Uid),
            Endpoint = new EventEndpoint(WebhookId.Format(WebhookId.Endpoint, endpoint.Id), endpoint.Uid, endpoint.Url, ApiNames.Of(endpoint.State)),
            At = now,
        });
        var message = new Message
        {
            Id = ids.Next(),
            Application = resource.Id,
            EventType = type,
            Payload = JsonSerializer.SerializeToUtf8Bytes(view, EventJson.Default.EventView),
            AcceptedAt = now,
        };
        using var payload = JsonDocument.Parse(message.Payload);
        return new Acceptance(
            message, [.. entry.Wanting(message, payload.RootElement).Select(one => new NewDelivery(one.Id, now, IsLeased: false))]);
    }
}
