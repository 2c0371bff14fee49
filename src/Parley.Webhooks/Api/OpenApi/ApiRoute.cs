using Microsoft.AspNetCore.Builder;

namespace Parley.Webhooks.Api.OpenApi;

/// <summary>Marks a route of the API, so that a test finds those that nothing is said of.</summary>
internal sealed record ApiRoute(string Method, string Pattern);

/// <summary>Puts a route into the document.</summary>
internal sealed record ApiDescription(string Method, string Pattern)
{
    /// <summary>Null: there is nothing to say of it. Looked up late, since to make all of them takes long and few ask for the document.</summary>
    public ApiOperation? Operation => ApiOperations.Find(Method, Pattern);
}

/// <summary>Puts routes into the document.</summary>
internal static class ApiRouteExtensions
{
    public static IEndpointConventionBuilder Describe(this IEndpointConventionBuilder route, string method, string pattern) =>
        route.WithMetadata(new ApiDescription(method, pattern));
}
