using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Parley.Webhooks.Api;
using Parley.Webhooks.Api.OpenApi;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the API of the webhooks.</summary>
public static class WebhookEndpointRouteBuilderExtensions
{
    /// <summary>Maps applications, event types, endpoints, messages, deliveries and keys below a prefix.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="prefix">Default <c>/api/webhooks</c>.</param>
    /// <returns>Takes conventions for all of them.</returns>
    /// <remarks>
    /// <c>PREFIX/openapi.json</c> describes all of it, with examples; it is for everybody. For the rest callers need a key: one of <see cref="Parley.Webhooks.WebhookOptions.OperatorKeys"/>, or one that was made for an application and opens nothing else.
    /// </remarks>
    public static IEndpointConventionBuilder MapParleyWebhooks(this IEndpointRouteBuilder endpoints, string prefix = "/api/webhooks")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var group = endpoints.MapGroup(prefix);
        endpoints.ServiceProvider.GetRequiredService<WebhookApi>().Map(group);
        return group;
    }

    /// <summary>
    /// Maps the public keys of endpoints that are signed for with Ed25519 (<c>whsk_…</c>): <c>PREFIX/app_…/ep_…</c> is a JSON Web Key Set with those that sign
    /// now, the old ones of a rotation too.
    /// </summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="prefix">Default <c>/.well-known/parley/webhook-keys</c>.</param>
    /// <returns>Takes conventions for it.</returns>
    /// <remarks>For everybody and without a key: nothing secret is shown, nothing is listed, and ids cannot be guessed.</remarks>
    public static IEndpointConventionBuilder MapParleyWebhookKeys(this IEndpointRouteBuilder endpoints, string prefix = "/.well-known/parley/webhook-keys")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var keys = endpoints.ServiceProvider.GetRequiredService<PublicKeys>();
        return endpoints.MapMethods(prefix + "/{application}/{endpoint}", ["GET", "HEAD"], keys.HandleAsync).WithDisplayName("Parley webhook keys")
            .Describe("GET", ApiOperations.Keys);
    }
}
