using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Parley.AspNetCore.Transports.WebSockets;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Parley's endpoints for clients.</summary>
public static class ParleyEndpointRouteBuilderExtensions
{
    // HTTP/2 opens a WebSocket by CONNECT (RFC 8441, section 5).
    private static readonly string[] WebSocketMethods = [HttpMethods.Get, HttpMethods.Connect];

    /// <summary>Maps the transports: <c>PREFIX/websocket</c>.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="prefix">Path before the transports' names. Default <c>/connection</c>, which the official SDKs' examples use.</param>
    /// <returns>Takes conventions for all of them, such as <c>RequireAuthorization</c>.</returns>
    public static IEndpointConventionBuilder MapParley(this IEndpointRouteBuilder endpoints, string prefix = "/connection")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var group = endpoints.MapGroup(prefix);
        var webSocket = endpoints.ServiceProvider.GetRequiredService<WebSocketEndpoint>();
        group.MapMethods("/websocket", WebSocketMethods, webSocket.HandleAsync).WithDisplayName("Parley WebSocket");
        // A client that is not logged in gets 401 and not a login page, which no WebSocket can show.
        group.DisableCookieRedirect();
        return group;
    }
}
