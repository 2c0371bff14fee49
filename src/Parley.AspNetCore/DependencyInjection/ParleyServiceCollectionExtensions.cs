using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley;
using Parley.AspNetCore;
using Parley.AspNetCore.Api;
using Parley.AspNetCore.Authentication;
using Parley.AspNetCore.Configuration;
using Parley.AspNetCore.Protocols.Centrifuge;
using Parley.AspNetCore.Protocols.Centrifuge.Recovery;
using Parley.AspNetCore.Protocols.Events;
using Parley.AspNetCore.Transports;
using Parley.AspNetCore.Transports.Events;
using Parley.AspNetCore.Transports.Forwarding;
using Parley.AspNetCore.Transports.LongPolling;
using Parley.AspNetCore.Transports.Streams;
using Parley.AspNetCore.Transports.WebSockets;
using Parley.Authentication;
using Parley.Brokers;
using Parley.Brokers.Memory;
using Parley.Nodes;
using Parley.Presence;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Parley to an application.</summary>
public static class ParleyServiceCollectionExtensions
{
    private const string ConfigurationIsReflected = "Binds by reflection. Where code is trimmed or compiled ahead of time, bind in a method that sets options.";

    /// <summary>Adds the engine with an in-memory broker, which serves a single process.</summary>
    /// <param name="services">The application's services.</param>
    /// <remarks>With the default options only users that your application authenticates may connect, and no channel is open to them.</remarks>
    public static IParleyBuilder AddParley(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ParleyOptions>().ValidateOnStart();
        services.AddParleyOptionsChecks();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IBroker>(static provider => new MemoryBroker(
            provider.GetRequiredService<TimeProvider>(), provider.GetService<ILogger<MemoryBroker>>()));
        services.TryAddSingleton<IPresenceStore, MemoryPresenceStore>();
        services.TryAddSingleton<INodeBus, LocalNodeBus>();
        services.TryAddSingleton<NodeForwarder>();
        services.TryAddSingleton<ITokenVerifier, JwtVerifier>();
        services.TryAddSingleton(CreateNode);
        services.TryAddSingleton<INodeRequestHandler, NodeRequestHandler>();
        services.TryAddSingleton<NodeLifetime>();
        services.TryAddSingleton<IParley, ParleyService>();
        services.TryAddSingleton<IPublisher>(static provider => provider.GetRequiredService<IParley>());
        services.TryAddSingleton<RecoveryCache>();
        services.TryAddSingleton<IClientProtocol, CentrifugeProtocol>();
        services.TryAddSingleton(static provider => provider.GetRequiredService<Node>().Wheel);
        services.TryAddSingleton(static provider => new HandshakeLimiter(
            provider.GetRequiredService<Node>().Clients, provider.GetRequiredService<TimeProvider>(), Random.Shared));
        services.TryAddSingleton<ConnectionGate>();
        services.TryAddSingleton(static provider => new OriginPolicy(provider.GetRequiredService<Node>().Clients.AllowedOrigins));
        services.TryAddSingleton<CrossOriginAccess>();
        services.TryAddSingleton<RequestBodyReader>();
        services.TryAddSingleton<WebSocketEndpoint>();
        services.TryAddSingleton<LongPollSessions>();
        services.TryAddSingleton<LongPollHandler>();
        services.AddTransportRequests<LongPollHandler>();
        services.TryAddSingleton(static provider => ActivatorUtilities.CreateInstance<LongPollEndpoint>(
            provider, provider.GetRequiredService<Node>().Uid));
        services.TryAddSingleton<UnidirectionalProtocol>();
        services.TryAddSingleton<StreamSessions>();
        services.TryAddSingleton<EmulationHandler>();
        services.AddTransportRequests<EmulationHandler>();
        services.TryAddSingleton<EmulationEndpoint>();
        services.TryAddSingleton<EventProtocol>();
        services.TryAddSingleton<EventEndpoint>();
        services.TryAddSingleton(static provider => new TokenIssuer(
            provider.GetRequiredService<IOptionsMonitor<ParleyOptions>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddParleyApi();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ParleyHostedService>());
        return new ParleyBuilder(services);
    }

    /// <summary>Adds the engine with an in-memory broker and sets options.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets options. A bad one stops the start and is named with key, value and remedy.</param>
    public static IParleyBuilder AddParley(this IServiceCollection services, Action<ParleyOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(configure);
        return services.AddParley();
    }

    /// <summary>Adds the engine with an in-memory broker and options from configuration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The section <c>Parley</c>.</param>
    [RequiresUnreferencedCode(ConfigurationIsReflected)]
    [RequiresDynamicCode(ConfigurationIsReflected)]
    public static IParleyBuilder AddParley(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<ParleyOptions>().Bind(configuration);
        return services.AddParley();
    }

    /// <summary>Has a transport serve what comes from other nodes.</summary>
    private static void AddTransportRequests<T>(this IServiceCollection services)
        where T : class, ITransportRequestHandler =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransportRequestHandler, T>(static provider => provider.GetRequiredService<T>()));

    private static Node CreateNode(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ParleyOptions>>().Value;
        return new Node(
            options.Clients,
            options.Channels,
            provider.GetRequiredService<IBroker>(),
            provider.GetRequiredService<IPresenceStore>(),
            provider.GetRequiredService<ITokenVerifier>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Node>>());
    }

    private sealed class ParleyBuilder(IServiceCollection services) : IParleyBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
