using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Webhooks.Api.Idempotency;
using Parley.Webhooks.Api.OpenApi;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api;

/// <summary>Lets callers in, and answers whatever happens with an answer or a problem.</summary>
internal sealed partial class WebhookApi(
    ApiAccess access, ApplicationCalls applications, EventTypeCalls types, EndpointCalls endpoints, MessageCalls messages, ReplayCalls replays, TrialCalls trials, VerificationCalls verification,
    IdempotentCalls idempotent, ILogger<WebhookApi> logger)
{
    private const string Application = "/applications/{application}";
    private const string Endpoint = Application + "/endpoints/{endpoint}";
    private const string Message = Application + "/messages/{message}";
    private const string Delivery = Application + "/deliveries/{delivery}";

    public void Map(IEndpointRouteBuilder routes)
    {
        Commit("/applications", applications.CreateAsync);
        Map("GET", "/applications", applications.ListAsync);
        Map("GET", Application, applications.ReadAsync);
        Map("PUT", Application, applications.UpsertAsync);
        Map("PATCH", Application, applications.ChangeAsync);
        Map("DELETE", Application, applications.RemoveAsync);
        Commit(Application + "/keys", applications.CreateKeyAsync);
        Map("GET", Application + "/keys", applications.ListKeysAsync);
        Map("DELETE", Application + "/keys/{key}", applications.RemoveKeyAsync);

        Commit("/event-types", types.CreateAsync);
        Map("GET", "/event-types", types.ListAsync);
        Map("GET", "/event-types/{name}", types.ReadAsync);
        Map("PUT", "/event-types/{name}", types.UpsertAsync);
        Map("DELETE", "/event-types/{name}", types.RemoveAsync);

        Commit(Application + "/endpoints", endpoints.CreateAsync);
        Map("GET", Application + "/endpoints", endpoints.ListAsync);
        Map("GET", Endpoint, endpoints.ReadAsync);
        Map("PATCH", Endpoint, endpoints.ChangeAsync);
        Map("DELETE", Endpoint, endpoints.RemoveAsync);
        Map("GET", Endpoint + "/secret", endpoints.ReadSecretAsync);
        Commit(Endpoint + "/secret/rotate", endpoints.RotateSecretAsync);
        Begin(Endpoint + "/verify", verification.VerifyAsync);
        Begin(Endpoint + "/test", trials.TestAsync);
        Begin(Endpoint + "/transform/simulate", trials.SimulateForEndpointAsync);
        Begin(Application + "/transform/simulate", trials.SimulateAsync);
        Map("GET", Endpoint + "/deliveries", messages.ListDeliveriesOfEndpointAsync);
        Commit(Endpoint + "/replays", replays.CreateAsync);
        Map("GET", Endpoint + "/replays", replays.ListAsync);
        Map("GET", Endpoint + "/replays/{replay}", replays.ReadAsync);
        Commit(Endpoint + "/replays/{replay}/cancel", replays.CancelAsync);

        Map("POST", Application + "/messages", messages.SendAsync);
        Map("GET", Application + "/messages", messages.ListAsync);
        Map("GET", Message, messages.ReadAsync);
        Map("GET", Message + "/deliveries", messages.ListDeliveriesOfMessageAsync);
        Map("GET", Delivery, messages.ReadDeliveryAsync);
        Map("GET", Delivery + "/attempts", messages.ListAttemptsAsync);
        Begin(Delivery + "/retry", messages.RetryAsync);

        byte[]? document = null;
        routes.MapGet("/openapi.json", (RequestDelegate)(context =>
        {
            document ??= ApiDocument.Serialize(context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>());
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = document.Length;
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return context.Response.Body.WriteAsync(document, context.RequestAborted).AsTask();
        })).WithDisplayName("Parley webhooks OpenAPI document");

        // POST: each looks at the Idempotency-Key in a way that fits what it does.
        void Commit(string pattern, Func<ApiCall, Task<ApiAnswer>> handle) => Map("POST", pattern, call => idempotent.CommitAsync(call, pattern, handle));

        void Begin(string pattern, Func<ApiCall, Task<ApiAnswer>> handle) => Map("POST", pattern, call => idempotent.BeginAsync(call, pattern, handle));

        void Map(string method, string pattern, Func<ApiCall, Task<ApiAnswer>> handle) =>
            routes.MapMethods(pattern, [method], context => HandleAsync(context, handle))
                .WithDisplayName($"Parley webhooks {method} {pattern}").WithMetadata(new ApiRoute(method, pattern)).Describe(method, pattern);
    }

    private async Task HandleAsync(HttpContext context, Func<ApiCall, Task<ApiAnswer>> handle)
    {
        ApiAnswer answer;
        try
        {
            answer = await access.IdentifyAsync(context.Request) is { } caller
                ? await handle(new ApiCall(context, caller))
                : ApiAnswer.Of(new WebhookProblem(401, "unauthorized", "No valid key in the header X-API-Key or Authorization: Bearer KEY."));
        }
        catch (WebhookException exception)
        {
            answer = ApiAnswer.Of(exception.Problem);
        }
        catch (WebhookStoreException exception)
        {
            LogStore(exception);
            context.Response.Headers.RetryAfter = "1";
            answer = ApiAnswer.Of(exception.Problem is WebhookStoreProblem.Full
                ? new WebhookProblem(507, "storage_full", "No space is left to keep it. Nothing was stored.")
                : new WebhookProblem(503, "storage_unavailable", "It cannot be stored now. Send it again, with the same uid or Idempotency-Key."));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            LogFailed(exception);
            answer = ApiAnswer.Of(new WebhookProblem(500, "internal", "Something went wrong here."));
        }

        await answer.WriteAsync(context.Response);
    }

    [LoggerMessage(EventId = 5106, Level = LogLevel.Error, Message = "A call could not be stored")]
    private partial void LogStore(Exception exception);

    [LoggerMessage(EventId = 5107, Level = LogLevel.Error, Message = "A call of the webhook API failed")]
    private partial void LogFailed(Exception exception);
}
