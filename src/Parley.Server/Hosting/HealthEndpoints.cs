using Microsoft.Extensions.Diagnostics.HealthChecks;
using Parley.Webhooks.Diagnostics;

namespace Parley.Server.Hosting;

/// <summary>What load balancers and supervisors ask. The answers say nothing but yes or no.</summary>
internal static class HealthEndpoints
{
    /// <summary>
    /// Maps <c>/health/live</c> (the process answers) and <c>/health/ready</c> (send new clients here), which turns to 503 as soon as
    /// the server begins to stop.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", static context => AnswerAsync(context, StatusCodes.Status200OK, "live"));
        endpoints.MapGet("/health/ready", static context =>
            context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested
                ? AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "stopping")
                : AnswerAsync(context, StatusCodes.Status200OK, "ready"));
    }

    /// <summary>
    /// Maps <c>/health/ready/webhooks</c>: whether messages can be accepted, which a full disk prevents. Apart from the other one, since
    /// clients lose nothing by it.
    /// </summary>
    public static void MapWebhookHealth(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/health/ready/webhooks", static async context =>
    {
        var result = await context.RequestServices.GetRequiredService<WebhookHealthCheck>().CheckAsync(context.RequestAborted);
        await (result.Status is HealthStatus.Healthy
            ? AnswerAsync(context, StatusCodes.Status200OK, "ready")
            : AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "not ready"));
    });

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
