using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Parley.AspNetCore.Protocols.Centrifuge;
using Parley.AspNetCore.Transports;
using Parley.AspNetCore.Transports.Events;
using Parley.AspNetCore.Transports.LongPolling;
using Parley.AspNetCore.Transports.Streams;
using Parley.AspNetCore.Transports.WebSockets;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Parley's endpoints for clients.</summary>
public static class ParleyEndpointRouteBuilderExtensions
{
    // HTTP/2 opens a WebSocket by CONNECT (RFC 8441, section 5).
    private static readonly string[] WebSocketMethods = [HttpMethods.Get, HttpMethods.Connect];

    /// <summary>
    /// Maps the transports: <c>PREFIX/websocket</c>, <c>PREFIX/http_stream</c>, <c>PREFIX/sse</c>, the unidirectional
    /// <c>PREFIX/uni_http_stream</c> and <c>PREFIX/uni_sse</c>, <c>PREFIX/long_poll</c>, plain events for a browser's own EventSource
    /// at <c>PREFIX/events</c>, and <c>/emulation</c>, where clients of the streams send their commands.
    /// </summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="prefix">Path before the transports' names. Default <c>/connection</c>, which the official SDKs' examples use.</param>
    /// <returns>Takes conventions for all of them, such as <c>RequireAuthorization</c>.</returns>
    public static IEndpointConventionBuilder MapParley(this IEndpointRouteBuilder endpoints, string prefix = "/connection")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var services = endpoints.ServiceProvider;
        var all = endpoints.MapGroup("");
        var transports = all.MapGroup(prefix);
        transports.MapMethods("/websocket", WebSocketMethods, services.GetRequiredService<WebSocketEndpoint>().HandleAsync)
            .WithDisplayName("Parley WebSocket");

        var bidirectional = services.GetRequiredService<IClientProtocol>();
        var unidirectional = services.GetRequiredService<UnidirectionalProtocol>();
        MapStream(transports, services, StreamKind.HttpStream, bidirectional);
        MapStream(transports, services, StreamKind.ServerSentEvents, bidirectional);
        MapStream(transports, services, StreamKind.UnidirectionalHttpStream, unidirectional);
        MapStream(transports, services, StreamKind.UnidirectionalServerSentEvents, unidirectional);
        MapWithPreflight(transports, "/events", EventEndpoint.Methods, services.GetRequiredService<EventEndpoint>().HandleAsync);
        MapLongPolling(transports, services.GetRequiredService<LongPollEndpoint>());
        MapWithPreflight(all, "/emulation", EmulationEndpoint.Methods, services.GetRequiredService<EmulationEndpoint>().HandleAsync);

        // A client that is not logged in gets 401 and not a login page, which none of these can show.
        all.DisableCookieRedirect();
        return all;
    }

    private static void MapLongPolling(IEndpointRouteBuilder endpoints, LongPollEndpoint endpoint)
    {
        // Every method, because what a method that it does not know gets is the endpoint's to say.
        endpoints.Map("/long_poll", endpoint.HandleAsync).WithDisplayName("Parley long polling");
        // A browser asks without credentials whether it may send them.
        endpoints.MapMethods("/long_poll", [HttpMethods.Options], endpoint.HandleAsync).AllowAnonymous()
            .WithDisplayName("Parley long polling, preflight");
    }

    private static void MapStream(IEndpointRouteBuilder endpoints, IServiceProvider services, StreamKind kind, IClientProtocol protocol)
    {
        var endpoint = ActivatorUtilities.CreateInstance<StreamEndpoint>(services, kind, protocol);
        MapWithPreflight(endpoints, $"/{kind.Name}", kind.Methods, endpoint.HandleAsync);
    }

    private static void MapWithPreflight(IEndpointRouteBuilder endpoints, string path, string methods, RequestDelegate handle)
    {
        endpoints.MapMethods(path, methods.Split(", ").Except([HttpMethods.Options]), handle).WithDisplayName($"Parley {path}");
        // A browser asks without credentials whether it may send them.
        endpoints.MapMethods(path, [HttpMethods.Options], handle).AllowAnonymous().WithDisplayName($"Parley {path}, preflight");
    }
}
