using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Events;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Endpoints;

/// <summary>Disables endpoints, on behalf of their receivers or because they only fail.</summary>
internal sealed partial class EndpointSwitch(
    IWebhookStore store, WebhookCatalog catalog, OperationalEvents events, IOptions<WebhookOptions> options, TimeProvider time,
    ILogger<EndpointSwitch> logger)
{
    /// <summary>A notice was stored for endpoints.</summary>
    public event Action<Acceptance>? Noticed;

    /// <summary>Disables an endpoint, unless it was changed since.</summary>
    /// <param name="tried">As it was when a request led to this.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<bool> DisableAsync(Endpoint tried, DisabledReason reason, CancellationToken cancellationToken) => ChangeAsync(
        tried,
        current =>
        {
            // Another request may have succeeded meanwhile.
            if (reason is DisabledReason.Failing && current.FailingSince != tried.FailingSince)
                return null;
            var now = time.GetUtcNow();
            return current with { State = EndpointState.Disabled, DisabledReason = reason, DisabledAt = now, UpdatedAt = now };
        },
        async changed =>
        {
            LogDisabled(WebhookId.Format(WebhookId.Endpoint, changed.Id), reason);
            return await events.DisabledAsync(changed);
        },
        cancellationToken);

    /// <summary>Remembers since when an endpoint only fails, disables it when that is too long, and tells when it is well again.</summary>
    /// <returns>Whether something was changed.</returns>
    public Task<bool> NoteAsync(Endpoint tried, bool isWell, CancellationToken cancellationToken)
    {
        if (isWell)
        {
            return ChangeAsync(
                tried,
                static current => current.FailingSince is null ? null : current with { FailingSince = null },
                changed => events.RecoveredAsync(changed, tried.FailingSince),
                cancellationToken);
        }

        var now = time.GetUtcNow();
        if (tried.FailingSince is null)
        {
            return ChangeAsync(
                tried,
                current => current.FailingSince is null ? current with { FailingSince = now } : null,
                static _ => ValueTask.FromResult<Acceptance?>(null),
                cancellationToken);
        }

        return now - tried.FailingSince >= options.Value.DisableAfter
            ? DisableAsync(tried, DisabledReason.Failing, cancellationToken)
            : Task.FromResult(false);
    }

    private async Task<bool> ChangeAsync(
        Endpoint tried, Func<Endpoint, Endpoint?> change, Func<Endpoint, ValueTask<Acceptance?>> tell, CancellationToken cancellationToken)
    {
        while (await store.ReadAsync(ResourceKind.Endpoint, tried.Id, cancellationToken) is { } resource)
        {
            var current = resource.ToEndpoint();
            // What its owner has changed since may work, and is tried on its own merits.
            if (current.State is not EndpointState.Active || current.UpdatedAt != tried.UpdatedAt || change(current) is not { } changed)
                return false;
            changed = changed with { Revision = current.Revision + 1 };
            var notice = await tell(changed);
            var write = await store.WriteAsync([ResourceChange.Replace(changed.ToResource())], notice, cancellationToken);
            catalog.Forget(tried.Application);
            if (write is ResourceWrite.Changed)
                continue;
            if (write is ResourceWrite.Done && notice is not null)
                Noticed?.Invoke(notice);
            return write is ResourceWrite.Done;
        }

        return false;
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
