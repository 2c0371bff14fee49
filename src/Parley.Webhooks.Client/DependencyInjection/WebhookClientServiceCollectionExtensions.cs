using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Parley.Webhooks;
using Parley.Webhooks.Configuration;
using Parley.Webhooks.DependencyInjection;
using Parley.Webhooks.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the sending of webhooks through a server.</summary>
public static class WebhookClientServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IWebhooks"/>, which sends through the API of a Parley server.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets address and key. A bad option stops the start and is named with value and remedy.</param>
    /// <remarks>
    /// <see cref="IWebhooks.SendAsync"/> repeats what failed for the moment, never as a second message; its last failure throws
    /// <see cref="Parley.Webhooks.Storage.WebhookStoreException"/>.
    /// </remarks>
    /// <exception cref="InvalidOperationException"><c>AddWebhooks</c> was called too: an application has one <see cref="IWebhooks"/>.</exception>
    public static IServiceCollection AddWebhookClient(this IServiceCollection services, Action<WebhookClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        WebhooksSource.ClaimServer(services);
        services.AddOptions<WebhookClientOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookClientOptions>, WebhookClientOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IWebhooks>(static provider => new WebhookClient(
            provider.GetRequiredService<IOptions<WebhookClientOptions>>(), provider.GetRequiredService<TimeProvider>(), Random.Shared));
        return services;
    }
}
