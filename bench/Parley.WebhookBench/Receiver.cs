using System.Diagnostics;
using System.Text.Json;

namespace Parley.WebhookBench;

/// <summary>A healthy receiver: answers 204, counts, and knows how long each webhook was on its way (the monotonic clock is the machine's). What goes to <c>/hangs</c> is never answered.</summary>
internal static class Receiver
{
    public static async Task<int> RunAsync(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var latencies = new List<double>();
        app.MapPost("/hooks", async context =>
        {
            var now = Stopwatch.GetTimestamp();
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            var sent = body.RootElement.GetProperty("sent").GetInt64();
            lock (latencies)
                latencies.Add(Stopwatch.GetElapsedTime(sent, now).TotalMilliseconds);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        app.MapPost("/hangs", context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        app.MapPost("/reset", () =>
        {
            lock (latencies)
                latencies.Clear();
        });
        app.MapGet("/count", () =>
        {
            lock (latencies)
                return latencies.Count;
        });
        app.MapGet("/latencies", () =>
        {
            lock (latencies)
                return new[] { Percentile.Of(latencies, 0.5), Percentile.Of(latencies, 0.99) };
        });
        await app.RunAsync(url);
        return 0;
    }
}
