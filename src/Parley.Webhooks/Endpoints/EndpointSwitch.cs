using Microsoft.Extensions.Logging;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Endpoints;

/// <summary>Disables endpoints, on behalf of their receivers or because they only fail.</summary>
internal sealed partial class EndpointSwitch(IWebhookStore store, WebhookCatalog catalog, TimeProvider time, ILogger<EndpointSwitch> logger)
{
    public async Task DisableAsync(Guid application, Guid endpoint, DisabledReason reason, CancellationToken cancellationToken)
    {
        while (await store.ReadAsync(ResourceKind.Endpoint, endpoint, cancellationToken) is { } resource)
        {
            var current = resource.ToEndpoint();
            if (current.State is EndpointState.Disabled)
                return;
            var now = time.GetUtcNow();
            var disabled = current with
            {
                State = EndpointState.Disabled,
                DisabledReason = reason,
                DisabledAt = now,
                UpdatedAt = now,
                Revision = current.Revision + 1,
            };
            var write = await store.ReplaceAsync(disabled.ToResource(), cancellationToken);
            catalog.Forget(application);
            if (write is ResourceWrite.Changed)
                continue;
            LogDisabled(WebhookId.Format(WebhookId.Endpoint, endpoint), reason);
            return;
        }
    }

    /// <summary>Makes an endpoint active whose receiver need not consent any more.</summary>
    public async Task ReleaseAsync(Guid application, Guid endpoint, CancellationToken cancellationToken)
    {
        while (await store.ReadAsync(ResourceKind.Endpoint, endpoint, cancellationToken) is { } resource)
        {
            var current = resource.ToEndpoint();
            if (current.State is not EndpointState.Pending)
                return;
            var active = current with { State = EndpointState.Active, UpdatedAt = time.GetUtcNow(), Revision = current.Revision + 1 };
            var write = await store.ReplaceAsync(active.ToResource(), cancellationToken);
            catalog.Forget(application);
            if (write is not ResourceWrite.Changed)
                return;
        }
    }

    [LoggerMessage(EventId = 5102, Level = LogLevel.Warning, Message = "Endpoint {Endpoint} was disabled: {Reason}")]
    private partial void LogDisabled(string endpoint, DisabledReason reason);
}
