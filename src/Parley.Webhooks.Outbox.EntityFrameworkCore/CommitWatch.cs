using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Parley.Webhooks.Outbox.Enqueuing;

namespace Parley.Webhooks.Outbox.EntityFrameworkCore;

/// <summary>Wakes the relay when a context has committed what was enqueued in it.</summary>
internal sealed class CommitWatch(OutboxIntake intake) : DbTransactionInterceptor, ISaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, object> _enqueued = [];

    public OutboxIntake Intake => intake;

    public void Expect(DbContext context) => _enqueued.AddOrUpdate(context, this);

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        OnSaved(eventData.Context);
        return result;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        OnSaved(eventData.Context);
        return new ValueTask<int>(result);
    }

    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => OnCommitted(eventData.Context);

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        OnCommitted(eventData.Context);
        return Task.CompletedTask;
    }

    private void OnSaved(DbContext? context)
    {
        if (context is null || !_enqueued.TryGetValue(context, out _))
            return;
        if (context.Database.CurrentTransaction is null && System.Transactions.Transaction.Current is null)
            OnCommitted(context);
        else
            intake.Signal.Expect(); // who began the transaction may end it where nobody tells us
    }

    private void OnCommitted(DbContext? context)
    {
        if (context is not null && _enqueued.Remove(context))
            intake.Signal.Wake();
    }
}
