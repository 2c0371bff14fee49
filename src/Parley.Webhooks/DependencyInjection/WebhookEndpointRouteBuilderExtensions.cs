using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Parley.Webhooks.Api;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the API of the webhooks.</summary>
public static class WebhookEndpointRouteBuilderExtensions
{
    /// <summary>Maps applications, event types, endpoints, messages, deliveries and keys below a prefix.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="prefix">Default <c>/api/webhooks</c>.</param>
    /// <returns>Takes conventions for all of them.</returns>
    /// <remarks>
    /// Callers need a key: one of <see cref="Parley.Webhooks.WebhookOptions.OperatorKeys"/>, or one that was made for an application and opens nothing else.
    /// </remarks>
    public static IEndpointConventionBuilder MapParleyWebhooks(this IEndpointRouteBuilder endpoints, string prefix = "/api/webhooks")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var group = endpoints.MapGroup(prefix);
        endpoints.ServiceProvider.GetRequiredService<WebhookApi>().Map(group);
        return group;
    }
}
