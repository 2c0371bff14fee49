using Parley.Webhooks.Catalog;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Messages;

namespace Parley.Webhooks.Api;

/// <summary>What calls have in common: who may see what. What a caller may not see is answered as if it did not exist.</summary>
internal sealed class Calls(WebhookService service, WebhookCatalog catalog)
{
    public static void RequireOperator(ApiCall call)
    {
        if (!call.Caller.IsOperator)
            throw new WebhookProblem(403, "forbidden", "Keys of applications may not do this.").ToException();
    }

    public static WebhookException EndpointPending() => WebhookProblem.Conflict(
        "endpoint_pending", "Nothing is sent to the endpoint before it is verified.").ToException();

    /// <summary>The application that the address names, by its id or uid.</summary>
    public async ValueTask<ApplicationEntry> ApplicationAsync(ApiCall call)
    {
        var id = await service.FindApplicationAsync(call.Route("application"), call.Aborted);
        return id is { } found && (call.Caller.IsOperator || call.Caller.Application == found) && await catalog.FindAsync(found) is { } entry
            ? entry
            : throw WebhookProblem.NotFound("application").ToException();
    }

    /// <summary>The endpoint that the address names, by its id or uid.</summary>
    public async ValueTask<Endpoint> EndpointAsync(ApiCall call)
    {
        var entry = await ApplicationAsync(call);
        var text = call.Route("endpoint");
        var endpoint = WebhookId.TryParse(WebhookId.Endpoint, text, out var id)
            ? entry.Endpoints.GetValueOrDefault(id)
            : entry.Endpoints.Values.FirstOrDefault(endpoint => endpoint.Uid == text);
        return endpoint ?? throw WebhookProblem.NotFound("endpoint").ToException();
    }
}
