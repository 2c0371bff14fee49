using Microsoft.AspNetCore.Builder;

namespace Parley.Webhooks.Api.OpenApi;

/// <summary>Marks a route of the API, so that a test finds those that nothing is said of.</summary>
internal sealed record ApiRoute(string Method, string Pattern);

/// <summary>Puts routes into the document.</summary>
internal static class ApiRouteExtensions
{
    public static IEndpointConventionBuilder Describe(this IEndpointConventionBuilder route, ApiOperation? operation) =>
        operation is null ? route : route.WithMetadata(operation);
}
