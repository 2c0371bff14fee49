using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Webhooks;
using Parley.Webhooks.Api;
using Parley.Webhooks.Api.Idempotency;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Configuration;
using Parley.Webhooks.DependencyInjection;
using Parley.Webhooks.Diagnostics;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Events;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Outbound.Probes;
using Parley.Webhooks.Outbound.Sending;
using Parley.Webhooks.Outbound.Tokens;
using Parley.Webhooks.Replays;
using Parley.Webhooks.Retention;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Transformations;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds webhooks to an application, without the real-time part: with it, they are added to what <c>AddParley</c> returns.</summary>
public static class WebhookServiceCollectionExtensions
{
    internal const string ConfigurationIsReflected = "Binds by reflection. Where code is trimmed or compiled ahead of time, bind in a method that sets options.";

    private const string NoStore = "No store was chosen for the webhooks: call UseSqlite or UsePostgreSql on what AddWebhooks returns.";

    /// <summary>Adds <see cref="IWebhooks"/>. A store has to be chosen, as by <c>UseSqlite</c>.</summary>
    /// <param name="services">The application's services.</param>
    /// <remarks>
    /// May be called more than once: there is one <see cref="IWebhooks"/>, to which all options apply in their order.
    /// Secrets are encrypted by ASP.NET Core Data Protection, with the keys that the application persists: without them, after a restart
    /// nothing can be signed.
    /// </remarks>
    /// <exception cref="InvalidOperationException"><c>AddWebhookClient</c> was called too: an application has one <see cref="IWebhooks"/>.</exception>
    public static IWebhooksBuilder AddWebhooks(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        WebhooksSource.ClaimInProcess(services);
        services.AddOptions<WebhookOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>());
        services.AddDataProtection();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IWebhookStore>(static _ => throw new InvalidOperationException(NoStore));
        services.TryAddSingleton<ISecretProtector, SecretProtector>();
        services.TryAddSingleton<IHostResolver>(static provider => new HostResolver(Dns.GetHostAddresses, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<OwnAddresses>();
        services.TryAddSingleton(static provider => CreatePolicy(
            provider.GetRequiredService<IOptions<WebhookOptions>>().Value, provider.GetRequiredService<OwnAddresses>()));
        services.TryAddSingleton<GuardedConnector>();
        services.TryAddSingleton(static provider => new HandlerFactory(
            provider.GetRequiredService<GuardedConnector>(), provider.GetRequiredService<ISecretProtector>(),
            provider.GetRequiredService<IOptions<WebhookOptions>>().Value.HttpsOnly));
        services.TryAddSingleton<ConnectionPools>();
        services.TryAddSingleton<RequestSender>();
        services.TryAddSingleton<TokenClient>();
        services.TryAddSingleton<TokenCache>();
        services.TryAddSingleton<IRequestSender, TokenSender>();
        services.TryAddSingleton<SecretCache>();
        services.TryAddSingleton<RequestBuilder>();
        services.TryAddSingleton<TransformationOptions>();
        services.TryAddSingleton<ITransformer, TransformationPool>();
        services.TryAddSingleton(static provider => new RequestTransformer(
            provider.GetRequiredService<ITransformer>(), provider.GetRequiredService<AddressPolicy>(),
            provider.GetRequiredService<IOptions<WebhookOptions>>().Value.HttpsOnly));
        services.TryAddSingleton<ExchangeRunner>();
        services.TryAddSingleton(static provider => new AttemptRunner(
            provider.GetRequiredService<ExchangeRunner>(), provider.GetRequiredService<TimeProvider>(), Random.Shared));
        services.TryAddSingleton<WebhookCatalog>();
        services.TryAddSingleton<OperationalEvents>();
        services.TryAddSingleton<EndpointSwitch>();
        services.TryAddSingleton(static provider => new WebhookMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton<WebhookHealthCheck>();
        services.AddHealthChecks();
        services.Configure<HealthCheckServiceOptions>(AddHealthCheck);
        services.TryAddSingleton<IdGenerator>();
        services.TryAddSingleton(static provider => new Dispatcher(
            provider.GetRequiredService<IWebhookStore>(), provider.GetRequiredService<WebhookCatalog>(), provider.GetRequiredService<AttemptRunner>(),
            provider.GetRequiredService<EndpointSwitch>(), provider.GetRequiredService<OperationalEvents>(), provider.GetRequiredService<WebhookMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<WebhookOptions>>().Value.MaxConcurrency, provider.GetRequiredService<ILogger<Dispatcher>>()));
        services.TryAddSingleton<OtherNodes>();
        services.TryAddSingleton<RetentionJob>();
        services.TryAddSingleton<ReplayRunner>();
        services.TryAddSingleton<AcceptLimits>();
        services.TryAddSingleton<WebhookService>();
        services.TryAddSingleton<IWebhooks>(static provider => provider.GetRequiredService<WebhookService>());
        services.TryAddSingleton<CertificateRules>();
        services.TryAddSingleton(static provider => new AuthenticationRules(
            provider.GetRequiredService<AddressPolicy>(), provider.GetRequiredService<ISecretProtector>(),
            provider.GetRequiredService<IOptions<WebhookOptions>>().Value.HttpsOnly));
        services.TryAddSingleton(static provider => new EndpointRules(
            provider.GetRequiredService<AddressPolicy>(), provider.GetRequiredService<ISecretProtector>(),
            provider.GetRequiredService<AuthenticationRules>(), provider.GetRequiredService<CertificateRules>(),
            provider.GetRequiredService<IOptions<WebhookOptions>>().Value.HttpsOnly));
        services.TryAddSingleton<Calls>();
        services.TryAddSingleton<IdempotentCalls>();
        services.TryAddSingleton<ApplicationCalls>();
        services.TryAddSingleton<EventTypeCalls>();
        services.TryAddSingleton<EndpointCalls>();
        services.TryAddSingleton<MessageCalls>();
        services.TryAddSingleton<ReplayCalls>();
        services.TryAddSingleton<SampleMessages>();
        services.TryAddSingleton<ProbeGate>();
        services.TryAddSingleton<SimulationGate>();
        services.TryAddSingleton<TrialCalls>();
        services.TryAddSingleton<EndpointVerifier>();
        services.TryAddSingleton<VerificationCalls>();
        services.TryAddSingleton<PublicKeys>();
        services.TryAddSingleton<ApiAccess>();
        services.TryAddSingleton<WebhookApi>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WebhookHostedService>());
        return new WebhooksBuilder(services);
    }

    /// <summary>Adds <see cref="IWebhooks"/> and sets options.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets options. A bad one stops the start and is named with key, value and remedy.</param>
    public static IWebhooksBuilder AddWebhooks(this IServiceCollection services, Action<WebhookOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(configure);
        return services.AddWebhooks();
    }

    /// <summary>Adds <see cref="IWebhooks"/> with options from configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The section <c>Parley:Webhooks</c>.</param>
    [RequiresUnreferencedCode(ConfigurationIsReflected)]
    [RequiresDynamicCode(ConfigurationIsReflected)]
    public static IWebhooksBuilder AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<WebhookOptions>().Bind(configuration);
        return services.AddWebhooks();
    }

    private static void AddHealthCheck(HealthCheckServiceOptions options)
    {
        // Each name once, though webhooks may be added twice.
        if (options.Registrations.All(static registration => registration.Name != WebhookHealthCheck.Name))
        {
            options.Registrations.Add(new HealthCheckRegistration(
                WebhookHealthCheck.Name, static provider => provider.GetRequiredService<WebhookHealthCheck>(), failureStatus: null, tags: ["ready"]));
        }
    }

    private static AddressPolicy CreatePolicy(WebhookOptions options, OwnAddresses own) => new(
        options.AllowPrivateNetworks.Select(static text => WebhookOptionsValidator.TryReadNetwork(text, out var network) ? network : default),
        options.AllowedPorts, own.Contains);

    private sealed class WebhooksBuilder(IServiceCollection services) : IWebhooksBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
