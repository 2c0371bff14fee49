using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Parley.Webhooks.Outbox.Storage;

namespace Parley.Webhooks.Outbox.EntityFrameworkCore;

/// <summary>The outbox by the application's own context, with what every relational provider translates.</summary>
internal sealed class EntityFrameworkOutboxStore<TContext>(IServiceScopeFactory scopes) : IOutboxStore
    where TContext : DbContext
{
    public async ValueTask<IReadOnlyList<OutboxRow>> ReadAsync(OutboxQuery query, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var held = query.HeldApplications.ToArray();
        var waiting = Rows(scope).AsNoTracking().Where(static row => row.FailedAt == null);
        if (held.Length > 0)
            waiting = waiting.Where(row => !held.Contains(row.Application));
        var rows = new List<OutboxRow>();
        var bytes = 0;
        await foreach (var row in waiting.OrderBy(static row => row.Number).Take(query.Limit).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            rows.Add(ToRow(row));
            bytes += row.Payload.Length;
            if (bytes > query.MaxBytes)
                break;
        }

        return rows;
    }

    public async ValueTask CompleteAsync(IReadOnlyList<OutboxRow> sent, IReadOnlyList<OutboxTrouble> troubles, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (sent.Count > 0)
        {
            var numbers = sent.Select(static row => row.Number).ToArray();
            await Rows(scope).Where(row => numbers.Contains(row.Number)).ExecuteDeleteAsync(cancellationToken);
        }

        foreach (var trouble in troubles)
        {
            await Rows(scope).Where(row => row.Number == trouble.Row.Number).ExecuteUpdateAsync(
                row => row
                    .SetProperty(static row => row.Attempts, trouble.Attempts)
                    .SetProperty(static row => row.DueAt, trouble.DueAt)
                    .SetProperty(static row => row.Error, trouble.Error)
                    .SetProperty(static row => row.FailedAt, trouble.FailedAt),
                cancellationToken);
        }
    }

    public async ValueTask<bool> TryLeaseAsync(string owner, long now, long until, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (await TakeAsync(scope, owner, now, until, cancellationToken))
            return true;
        if (await Leases(scope).AnyAsync(static lease => lease.Name == OutboxNames.Lease, cancellationToken))
            return false;

        try
        {
            var context = scope.ServiceProvider.GetRequiredService<TContext>();
            context.Add(new OutboxLease { Name = OutboxNames.Lease, Owner = owner, Until = until });
            await context.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException)
        {
            // Another relay was first.
            return false;
        }
    }

    public async ValueTask ReleaseAsync(string owner, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await Leases(scope).Where(lease => lease.Name == OutboxNames.Lease && lease.Owner == owner)
            .ExecuteUpdateAsync(static lease => lease.SetProperty(static lease => lease.Until, 0L), cancellationToken);
    }

    public async ValueTask<OutboxBacklog> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var waiting = Rows(scope).Where(static row => row.FailedAt == null);
        return new OutboxBacklog(
            await waiting.LongCountAsync(cancellationToken),
            await Rows(scope).LongCountAsync(static row => row.FailedAt != null, cancellationToken),
            await waiting.MinAsync(static row => (long?)row.EnqueuedAt, cancellationToken));
    }

    public Task ListenAsync(Action wake, CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task<bool> TakeAsync(AsyncServiceScope scope, string owner, long now, long until, CancellationToken cancellationToken) =>
        await Leases(scope).Where(lease => lease.Name == OutboxNames.Lease && (lease.Owner == owner || lease.Until <= now)).ExecuteUpdateAsync(
            lease => lease.SetProperty(static lease => lease.Owner, owner).SetProperty(static lease => lease.Until, until), cancellationToken) == 1;

    private static DbSet<WebhookOutboxRow> Rows(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<TContext>().Set<WebhookOutboxRow>();

    private static DbSet<OutboxLease> Leases(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<TContext>().Set<OutboxLease>();

    private static OutboxRow ToRow(WebhookOutboxRow row) => new()
    {
        Number = row.Number,
        Uid = row.Uid,
        Application = row.Application,
        EventType = row.EventType,
        Payload = row.Payload,
        Channels = row.Channels,
        Tags = row.Tags,
        DeliverAt = row.DeliverAt,
        ExpiresAt = row.ExpiresAt,
        EnqueuedAt = row.EnqueuedAt,
        Attempts = row.Attempts,
        DueAt = row.DueAt,
        Error = row.Error,
        FailedAt = row.FailedAt,
    };
}
