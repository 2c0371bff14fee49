using Microsoft.EntityFrameworkCore.Infrastructure;
using Parley.Webhooks;
using Parley.Webhooks.Outbox.Enqueuing;
using Parley.Webhooks.Outbox.EntityFrameworkCore;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Writes webhook messages with the changes of a context.</summary>
public static class WebhookOutboxDbContextExtensions
{
    /// <summary>
    /// Adds a message to the changes of a context: it is written by <c>SaveChanges</c>, in the same transaction as they are, and is sent when
    /// that was committed.
    /// </summary>
    /// <param name="context">Its model has <see cref="WebhookOutboxModelBuilderExtensions.AddParleyOutbox"/>.</param>
    /// <param name="application">Id (<c>app_…</c>) or uid of the application, up to 256 characters.</param>
    /// <param name="message">The event.</param>
    /// <returns>The message's uid: <see cref="WebhookMessage.Uid"/>, or the one that it got here.</returns>
    /// <exception cref="WebhookException">The message could not be accepted. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">The context's model has no outbox.</exception>
    public static string EnqueueWebhook(this DbContext context, string application, WebhookMessage message)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Model.FindEntityType(typeof(WebhookOutboxRow)) is null)
        {
            throw new InvalidOperationException(
                $"The model of {context.GetType().Name} has no outbox. Call modelBuilder.AddParleyOutbox() in OnModelCreating, and add a migration.");
        }

        var watch = context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors?.OfType<CommitWatch>().LastOrDefault();
        var row = (watch?.Intake ?? OutboxIntake.Default).Admit(application, message);
        context.Add(new WebhookOutboxRow
        {
            Uid = row.Uid,
            Application = row.Application,
            EventType = row.EventType,
            Payload = row.Payload.ToArray(),
            Channels = row.Channels,
            Tags = row.Tags,
            DeliverAt = row.DeliverAt,
            ExpiresAt = row.ExpiresAt,
            EnqueuedAt = row.EnqueuedAt,
        });
        watch?.Expect(context);
        return row.Uid;
    }
}
