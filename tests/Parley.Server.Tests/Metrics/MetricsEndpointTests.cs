using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Parley.Testing;

namespace Parley.Server.Tests.Metrics;

public sealed partial class MetricsEndpointTests
{
    [Fact]
    public async Task Every_instrument_is_read_under_the_name_and_kind_that_is_documented()
    {
        await using var server = await MetricsServer.StartAsync();
        using var listener = new MeterListener { InstrumentPublished = static (instrument, _) => Use(instrument) };
        listener.Start();

        var read = MetricsServer.Families(await server.ScrapeAsync()).Where(static family => family.Key.StartsWith("parley_", StringComparison.Ordinal));

        var documented = Row().Matches(File.ReadAllText(Repository.PathOf("docs", "operations", "metrics.md")))
            .ToDictionary(static row => row.Groups["name"].Value, static row => row.Groups["kind"].Value);
        Assert.Equal(documented.OrderBy(static row => row.Key, StringComparer.Ordinal), read.OrderBy(static family => family.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Messages_and_deliveries_begin_at_zero_so_that_a_first_failure_is_an_increase()
    {
        await using var server = await MetricsServer.StartAsync();

        var scrape = await server.ScrapeAsync();

        Assert.Contains("parley_webhooks_accepted_total{", scrape);
        Assert.All(["succeeded", "failed", "cancelled"], state => Assert.Contains($"state=\"{state}\"}}", scrape));
    }

    [Fact]
    public async Task The_runtime_the_web_server_and_its_requests_are_measured_too()
    {
        await using var server = await MetricsServer.StartAsync();
        (await server.GetAsync("/health/live")).Dispose();

        var families = await Eventually.BecomesAsync(async () => MetricsServer.Families(await server.ScrapeAsync()), static families =>
            families.ContainsKey("http_server_request_duration_seconds"));

        Assert.Equal("counter", families["dotnet_gc_collections_total"]);
        Assert.Equal("gauge", families["dotnet_process_memory_working_set_bytes"]);
        Assert.Equal("gauge", families["kestrel_active_connections"]);
        Assert.Equal("histogram", families["http_server_request_duration_seconds"]);
    }

    [Fact]
    public async Task Names_follow_the_rules_of_Prometheus()
    {
        await using var server = await MetricsServer.StartAsync();
        using var listener = new MeterListener { InstrumentPublished = static (instrument, _) => Use(instrument) };
        listener.Start();

        var scrape = await server.ScrapeAsync();

        Assert.All(scrape.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => Assert.Matches(Line(), line));
        foreach (var (name, kind) in MetricsServer.Families(scrape))
        {
            Assert.True(kind is "counter" or "gauge" or "histogram", $"{name} is a {kind}");
            Assert.True((kind is "counter") == name.EndsWith("_total", StringComparison.Ordinal), $"{name} is a {kind}");
            Assert.True(kind is not "histogram" || name.EndsWith("_seconds", StringComparison.Ordinal), $"{name} has no unit");
        }
    }

    [Fact]
    public async Task Durations_are_counted_in_parts_of_a_second()
    {
        await using var server = await MetricsServer.StartAsync();
        using var listener = new MeterListener { InstrumentPublished = static (instrument, _) => Use(instrument) };
        listener.Start();

        var scrape = await server.ScrapeAsync();

        foreach (var family in MetricsServer.Families(scrape).Where(static family => family.Key.StartsWith("parley_", StringComparison.Ordinal) && family.Value is "histogram"))
            Assert.Contains(scrape.Split('\n'), line => line.StartsWith($"{family.Key}_bucket", StringComparison.Ordinal) && line.Contains("le=\"0.005\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_that_a_stranger_sends_becomes_a_label()
    {
        await using var server = await MetricsServer.StartAsync(("Parley:Metrics:AllowAnonymous", "true"));
        using var request = new HttpRequestMessage(new HttpMethod("CANARY"), "/canary?canary=1") { Headers = { Host = "canary.example" } };
        request.Headers.TryAddWithoutValidation("User-Agent", "canary");
        (await server.Client.SendAsync(request)).Dispose();
        (await server.GetAsync("/.well-known/parley/webhook-keys/canary/canary")).Dispose();
        (await server.GetAsync("/connection/canary?token=canary")).Dispose();

        var scrape = await Eventually.BecomesAsync(server.ScrapeAsync, static scrape => scrape.Contains("http_request_method=\"_OTHER\"", StringComparison.Ordinal));

        Assert.DoesNotContain("canary", scrape, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A counter that never counted is in no scrape.</summary>
    private static void Use(Instrument instrument)
    {
        if (!instrument.Meter.Name.StartsWith("Parley", StringComparison.Ordinal))
            return;
        switch (instrument)
        {
            case Counter<long> counter:
                counter.Add(1);
                break;
            case Histogram<double> histogram:
                histogram.Record(0.004);
                break;
        }
    }

    [GeneratedRegex(@"^\| `(?<name>parley_\w+)` \| (?<kind>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("""^(# (HELP|TYPE|UNIT) [a-z_:][a-z0-9_:]* .+|[a-z_:][a-z0-9_:]*(\{[a-z_][a-z0-9_]*="[^"\\\n]*"(,[a-z_][a-z0-9_]*="[^"\\\n]*")*\})? [-+.0-9E]+|# EOF)$""")]
    private static partial Regex Line();
}
