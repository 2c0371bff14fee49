using Parley.Webhooks.Outbox.EntityFrameworkCore;
using Parley.Webhooks.Outbox.Storage;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the tables of the outbox to a model.</summary>
public static class WebhookOutboxModelBuilderExtensions
{
    private const int MaxUid = 256;
    private const int MaxEventType = 128;

    /// <summary>Adds the tables <c>parley_outbox</c> and <c>parley_outbox_lease</c>, for the application's next migration.</summary>
    /// <param name="modelBuilder">That of <c>OnModelCreating</c>.</param>
    /// <param name="schema">The tables' schema; null: that of the model.</param>
    public static ModelBuilder AddParleyOutbox(this ModelBuilder modelBuilder, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<WebhookOutboxRow>(row =>
        {
            row.ToTable(OutboxNames.Table, schema);
            row.HasKey(static row => row.Number);
            row.Property(static row => row.Number).HasColumnName("number").ValueGeneratedOnAdd();
            row.Property(static row => row.Uid).HasColumnName("uid").HasMaxLength(MaxUid);
            row.Property(static row => row.Application).HasColumnName("application").HasMaxLength(OutboxNames.MaxApplication);
            row.Property(static row => row.EventType).HasColumnName("event_type").HasMaxLength(MaxEventType);
            row.Property(static row => row.Payload).HasColumnName("payload");
            row.Property(static row => row.Channels).HasColumnName("channels");
            row.Property(static row => row.Tags).HasColumnName("tags");
            row.Property(static row => row.DeliverAt).HasColumnName("deliver_at");
            row.Property(static row => row.ExpiresAt).HasColumnName("expires_at");
            row.Property(static row => row.EnqueuedAt).HasColumnName("enqueued_at");
            row.Property(static row => row.Attempts).HasColumnName("attempts");
            row.Property(static row => row.DueAt).HasColumnName("due_at");
            row.Property(static row => row.Error).HasColumnName("error").HasMaxLength(OutboxNames.MaxError);
            row.Property(static row => row.FailedAt).HasColumnName("failed_at");
            row.HasIndex(static row => row.Number).HasDatabaseName("parley_outbox_waiting").HasFilter("failed_at IS NULL");
        });
        modelBuilder.Entity<OutboxLease>(lease =>
        {
            lease.ToTable(OutboxNames.LeaseTable, schema);
            lease.HasKey(static lease => lease.Name);
            lease.Property(static lease => lease.Name).HasColumnName("name").HasMaxLength(16);
            lease.Property(static lease => lease.Owner).HasColumnName("owner").HasMaxLength(300);
            lease.Property(static lease => lease.Until).HasColumnName("until");
        });
        return modelBuilder;
    }
}
