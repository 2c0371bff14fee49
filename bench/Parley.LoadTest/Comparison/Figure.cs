namespace Parley.LoadTest.Comparison;

/// <summary>One of the figures that a report of all peers shows.</summary>
/// <param name="Scenario">Whose it is.</param>
/// <param name="Metric">Its name in results.</param>
/// <param name="Heading">Its name in tables.</param>
/// <param name="Unit">As printed.</param>
internal sealed record Figure(string Scenario, string Metric, string Heading, string Unit)
{
    /// <summary>Title of its plot, which also makes it one that ratios are given for; null for one without.</summary>
    public string? Plot { get; init; }

    public bool MoreIsBetter { get; init; }

    public static readonly IReadOnlyList<Figure> All =
    [
        new("fanout", "open 50/s server CPU per delivery", "CPU per delivery at 50/s", "µs") { Plot = "Fan-out to 1,000 at 50 publications/s: server CPU per delivery" },
        new("fanout", "open 50/s latency p50", "p50", "ms"),
        new("fanout", "open 50/s latency p99", "p99", "ms"),
        new("fanout", "open 100/s server CPU per delivery", "CPU per delivery at 100/s", "µs") { Plot = "Fan-out to 1,000 at 100 publications/s: server CPU per delivery" },
        new("fanout", "open 100/s latency p50", "p50", "ms"),
        new("fanout", "open 100/s latency p99", "p99", "ms") { Plot = "Fan-out to 1,000 at 100 publications/s: latency, 99th percentile" },
        new("fanout", "closed rate", "closed loop", "deliveries/s") { Plot = "Fan-out to 1,000, closed loop with 4 in flight: deliveries", MoreIsBetter = true },
        new("fanout", "closed server CPU per delivery", "CPU per delivery", "µs"),
        new("fanout", "closed latency p99", "p99", "ms"),
        new("ceiling", "rate", "highest rate", "deliveries/s") { Plot = "Highest fixed rate without loss and with p99 below 1 s: deliveries", MoreIsBetter = true },
        new("ceiling", "server CPU per delivery", "CPU per delivery", "µs"),
        new("ceiling", "latency p99", "p99", "ms"),
        new("latency", "open latency p50", "p50", "ms"),
        new("latency", "open latency p99", "p99", "ms"),
        new("channels", "server CPU per publication", "CPU per publication and delivery", "µs") { Plot = "1,000 channels with one subscriber, 20,000 publications/s: server CPU for each" },
        new("channels", "rate", "rate", "publications/s"),
        new("channels", "latency p50", "p50", "ms"),
        new("channels", "latency p99", "p99", "ms"),
        new("echo", "server CPU per request", "CPU per publication to oneself", "µs") { Plot = "Publication to a channel of one's own, 100 connections, 10,000/s: server CPU for each" },
        new("echo", "latency p50", "p50", "ms"),
        new("echo", "latency p99", "p99", "ms"),
        new("call", "server CPU per request", "CPU per request", "µs") { Plot = "Echo, 100 connections, 10,000 requests/s: server CPU per request" },
        new("call", "latency p50", "p50", "ms"),
        new("call", "latency p99", "p99", "ms"),
        new("http", "rate", "rate", "publications/s") { Plot = "Publish by HTTP, 64 connections that are kept: publications", MoreIsBetter = true },
        new("http", "server CPU per publication", "CPU per publication", "µs"),
        new("http", "latency p99", "p99", "ms"),
        new("slow", "without latency p99", "p99 while all read", "ms"),
        new("slow", "with latency p99", "p99 of the others", "ms"),
        new("slow", "p99 with : without", "ratio of the two", "×") { Plot = "One subscriber in 100 does not read: p99 of the others, as a multiple" },
        new("slow", "with server CPU per delivery", "CPU per delivery", "µs"),
        new("connect", "server CPU per connect", "CPU per connect", "µs") { Plot = "Upgrade, connect, 2 subscriptions, close: server CPU for each" },
        new("connect", "rate", "rate", "connects/s"),
        new("connect", "latency p99", "p99", "ms"),
        new("idle", "memory per connection", "memory per connection", "KiB") { Plot = "Idle with 2 subscriptions: resident memory per connection" },
        new("idle", "memory, empty", "empty server", "MiB"),
        new("idle", "server CPU while idle", "CPU with pings", "% of a core"),
        new("idle", "server CPU per handshake", "CPU per arrival", "ms"),
    ];

    /// <summary>Name of the file of its plot.</summary>
    public string PlotFile => $"{Scenario}-{Metric.Replace(' ', '-').Replace("/s", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).Replace(":", "to", StringComparison.Ordinal)}.svg";

    public Sample? Of(IEnumerable<PeerRun> runs, string peer) => Sample.Of(
        runs.Where(r => r.Peer == peer && r.Scenario == Scenario)
            .SelectMany(r => r.Result?.Metrics ?? [])
            .Where(m => m.Name == Metric && double.IsFinite(m.Value))
            .Select(m => m.Value));
}
