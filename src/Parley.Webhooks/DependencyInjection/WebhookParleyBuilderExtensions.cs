using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Parley;
using Parley.Webhooks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds webhooks beside the real-time part. Without it, <c>AddWebhooks</c> is called on the services themselves.</summary>
public static class WebhookParleyBuilderExtensions
{
    /// <summary>Adds <see cref="IWebhooks"/>. A store has to be chosen, as by <c>UseSqlite</c>.</summary>
    /// <param name="builder">What <c>AddParley</c> returns.</param>
    /// <remarks>
    /// Secrets are encrypted by ASP.NET Core Data Protection, with the keys that the application persists: without them, after a restart
    /// nothing can be signed.
    /// </remarks>
    public static IWebhooksBuilder AddWebhooks(this IParleyBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddWebhooks();
    }

    /// <summary>Adds <see cref="IWebhooks"/> and sets options. A store has to be chosen, as by <c>UseSqlite</c>.</summary>
    /// <param name="builder">What <c>AddParley</c> returns.</param>
    /// <param name="configure">Sets options. A bad one stops the start and is named with key, value and remedy.</param>
    public static IWebhooksBuilder AddWebhooks(this IParleyBuilder builder, Action<WebhookOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddWebhooks(configure);
    }

    /// <summary>Adds <see cref="IWebhooks"/> with options from configuration. A store has to be chosen, as by <c>UseSqlite</c>.</summary>
    /// <param name="builder">What <c>AddParley</c> returns.</param>
    /// <param name="configuration">The section <c>Parley:Webhooks</c>.</param>
    [RequiresUnreferencedCode(WebhookServiceCollectionExtensions.ConfigurationIsReflected)]
    [RequiresDynamicCode(WebhookServiceCollectionExtensions.ConfigurationIsReflected)]
    public static IWebhooksBuilder AddWebhooks(this IParleyBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Services.AddWebhooks(configuration);
    }
}
