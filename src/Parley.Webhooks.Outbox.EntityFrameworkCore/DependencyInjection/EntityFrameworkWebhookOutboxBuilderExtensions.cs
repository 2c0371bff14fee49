using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Webhooks.Outbox;
using Parley.Webhooks.Outbox.EntityFrameworkCore;
using Parley.Webhooks.Outbox.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the outbox in the database of an Entity Framework Core context.</summary>
public static class EntityFrameworkWebhookOutboxBuilderExtensions
{
    /// <summary>
    /// Keeps the outbox in the database of a context. Its model needs <c>AddParleyOutbox</c>; <c>context.EnqueueWebhook</c> writes to it.
    /// </summary>
    /// <typeparam name="TContext">The application's, added by <c>AddDbContext</c> or a relative of it.</typeparam>
    /// <param name="builder">What <c>AddWebhookOutbox</c> returns.</param>
    public static IWebhookOutboxBuilder UseEntityFrameworkCore<TContext>(this IWebhookOutboxBuilder builder)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.RemoveAll<IOutboxStore>();
        builder.Services.AddSingleton<IOutboxStore, EntityFrameworkOutboxStore<TContext>>();
        builder.Services.TryAddSingleton<CommitWatch>();
        builder.Services.ConfigureDbContext<TContext>(static (provider, options) =>
            options.AddInterceptors(provider.GetRequiredService<CommitWatch>()));
        return builder;
    }
}
