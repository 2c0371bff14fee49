using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Webhooks.Outbox;
using Parley.Webhooks.Outbox.Enqueuing;
using Parley.Webhooks.Outbox.Sqlite;
using Parley.Webhooks.Outbox.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the outbox in SQLite.</summary>
public static class SqliteWebhookOutboxBuilderExtensions
{
    /// <summary>Keeps the outbox in the application's SQLite database, and adds <see cref="SqliteWebhookOutbox"/> to write to it.</summary>
    /// <param name="builder">What <c>AddWebhookOutbox</c> returns.</param>
    /// <param name="connectionString">The application's own.</param>
    public static IWebhookOutboxBuilder UseSqlite(this IWebhookOutboxBuilder builder, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        builder.Services.RemoveAll<IOutboxStore>();
        builder.Services.AddSingleton<IOutboxStore>(_ => new SqliteOutboxStore(connectionString));
        builder.Services.RemoveAll<SqliteWebhookOutbox>();
        builder.Services.AddSingleton(provider => new SqliteWebhookOutbox(provider.GetRequiredService<OutboxIntake>(), connectionString));
        return builder;
    }
}
