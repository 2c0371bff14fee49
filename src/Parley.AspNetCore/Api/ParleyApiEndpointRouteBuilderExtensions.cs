using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Parley.AspNetCore.Api;
using Parley.AspNetCore.Api.OpenApi;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the server API.</summary>
public static class ParleyApiEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the HTTP API by which backends publish, read presence and history, and steer sessions: <c>POST /api/METHOD</c>, in the shape
    /// of Centrifugo's API, so that its client libraries work. Who may call is said by <see cref="ApiOptions"/>.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">Path in front of the methods' names; the path itself takes commands that name their method in the body.</param>
    /// <returns>For conventions on all endpoints of the API.</returns>
    /// <exception cref="InvalidOperationException"><c>AddParley</c> was not called.</exception>
    public static IEndpointConventionBuilder MapParleyApi(this IEndpointRouteBuilder endpoints, string prefix = "/api")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var api = endpoints.ServiceProvider.GetService<ApiEndpoint>()
            ?? throw new InvalidOperationException("MapParleyApi needs the services of Parley: call builder.Services.AddParley().");

        var group = endpoints.MapGroup(prefix);
        var publish = endpoints.ServiceProvider.GetRequiredService<PlainPublishEndpoint>();
        foreach (var method in ApiMethods.All)
            Map("/" + method.Name, method.Name, method == ApiMethods.Publish ? publish.HandleAsync : context => api.HandleAsync(context, method)).WithMetadata(method);
        Map("/", "all methods", api.HandleLegacyAsync).WithMetadata(new LegacyEndpointMetadata());
        Map("/{method}", "unknown method", api.HandleUnknownAsync);
        return group;

        IEndpointConventionBuilder Map(string pattern, string name, RequestDelegate handler) =>
            group.MapPost(pattern, handler).WithDisplayName($"Parley API: {name}");
    }

    /// <summary>Maps an OpenAPI document of the API, as far as <see cref="MapParleyApi"/> has mapped it.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">Path of the document. It holds no secrets and needs no key, unless a convention says so.</param>
    /// <returns>For conventions on the endpoint.</returns>
    public static IEndpointConventionBuilder MapParleyOpenApi(this IEndpointRouteBuilder endpoints, string pattern = "/openapi/v1.json")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        byte[]? document = null;
        return endpoints.MapGet(pattern, (RequestDelegate)(context =>
        {
            document ??= ApiDocument.Serialize(context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>());
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = document.Length;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return context.Response.Body.WriteAsync(document, context.RequestAborted).AsTask();
        })).WithDisplayName("Parley OpenAPI document");
    }
}
