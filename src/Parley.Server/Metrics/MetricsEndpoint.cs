using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Parley.Server.Hosting;

namespace Parley.Server.Metrics;

/// <summary>What the server measures, in the text format of Prometheus.</summary>
internal static class MetricsEndpoint
{
    // No meter whose labels strangers choose: those of System.Net.Http and System.Net.NameResolution have the hosts of webhook endpoints.
    private static readonly string[] Meters =
        ["Parley", "Parley.Webhooks", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    // Room for each combination of labels is set aside for every instrument; the default of 2,000 takes 10 MB. What is beyond is counted together.
    private static readonly MetricStreamConfiguration Bounded = new() { CardinalityLimit = 300 };

    private static readonly HttpMethodMetadata ReadOnly = new([HttpMethods.Get]);

    public static void AddMetricsExport(this IServiceCollection services) => services.AddOpenTelemetry()
        .ConfigureResource(static resource => resource.AddService("parley", serviceVersion: ProductVersion.Text, autoGenerateServiceInstanceId: false))
        .WithMetrics(static metrics => metrics.AddMeter(Meters).AddView("*", Bounded).AddPrometheusExporter());

    /// <summary>Maps <c>/metrics</c>.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder endpoints, MetricsAccess access) => endpoints
        .MapPrometheusScrapingEndpoint("/metrics")
        .WithMetadata(ReadOnly)
        .Add(endpoint =>
        {
            var scrape = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => AnswerAsync(context, access, scrape);
        });

    private static Task AnswerAsync(HttpContext context, MetricsAccess access, RequestDelegate scrape)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (access.Admits(context.Request))
            return scrape(context);

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"Parley metrics\", apikey realm=\"Parley metrics\"";
        return TypedResults.Problem(
            "A key of Parley:Metrics:Keys or Parley:Api:Keys is needed, in the header X-API-Key or Authorization: Bearer KEY.",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }
}
