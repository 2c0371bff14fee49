using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Webhooks;
using Parley.Webhooks.Outbox;
using Parley.Webhooks.Outbox.Configuration;
using Parley.Webhooks.Outbox.Diagnostics;
using Parley.Webhooks.Outbox.Enqueuing;
using Parley.Webhooks.Outbox.Relaying;
using Parley.Webhooks.Outbox.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the outbox of webhooks to an application.</summary>
public static class WebhookOutboxServiceCollectionExtensions
{
    /// <summary>
    /// Adds an outbox: messages written in the application's own transactions, and sent by <see cref="IWebhooks"/> after the commit. Its
    /// database has to be chosen, as by <c>UseNpgsql</c>.
    /// </summary>
    /// <param name="services">
    /// The application's services, with <see cref="IWebhooks"/>: by <c>AddWebhooks</c>, or by <c>AddWebhookClient</c> where Parley is a server.
    /// </param>
    /// <param name="configure">Sets options. A bad one stops the start and is named with value and remedy.</param>
    public static IWebhookOutboxBuilder AddWebhookOutbox(this IServiceCollection services, Action<WebhookOutboxOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<WebhookOutboxOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOutboxOptions>, WebhookOutboxOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OutboxSignal>();
        services.TryAddSingleton<OutboxIntake>();
        services.TryAddSingleton(static provider => new OutboxMetrics(provider.GetRequiredService<TimeProvider>(), provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(static provider => new OutboxRelay(
            provider.GetRequiredService<IOutboxStore>(), provider.GetRequiredService<IWebhooks>(), provider.GetRequiredService<OutboxMetrics>(),
            provider.GetRequiredService<IOptions<WebhookOutboxOptions>>(), provider.GetRequiredService<TimeProvider>(), Random.Shared,
            provider.GetRequiredService<ILogger<OutboxRelay>>()));
        if (!services.Any(static service => service.ServiceType == typeof(Marker)))
        {
            services.AddSingleton<Marker>();
            services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<IOptions<WebhookOutboxOptions>>().Value.Relay
                ? ActivatorUtilities.CreateInstance<OutboxHostedService>(provider)
                : new NoRelay());
        }

        return new Builder(services);
    }

    private sealed class Builder(IServiceCollection services) : IWebhookOutboxBuilder
    {
        public IServiceCollection Services { get; } = services;
    }

    private sealed class Marker;

    /// <summary>A process that only enqueues needs no <see cref="IWebhooks"/>.</summary>
    private sealed class NoRelay : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
