using System.Diagnostics.Metrics;
using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Diagnostics;

/// <summary>Measurements of the meter <c>Parley.Webhooks</c>.</summary>
internal sealed class WebhookMetrics : IDisposable
{
    public const string MeterName = "Parley.Webhooks";

    private readonly Meter _meter;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _acceptDuration;
    private readonly Histogram<double> _firstAttempt;
    private readonly Histogram<double> _attemptDuration;

    public WebhookMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _accepted = _meter.CreateCounter<long>("parley.webhooks.accepted", "{message}", "Messages that were accepted");
        _deliveries = _meter.CreateCounter<long>("parley.webhooks.deliveries", "{delivery}", "Deliveries that ended, by state");
        _attempts = _meter.CreateCounter<long>("parley.webhooks.attempts", "{attempt}", "Attempts, by outcome");
        _acceptDuration = _meter.CreateHistogram<double>("parley.webhooks.accept.duration", "s", "From a message's arrival until it is on disk");
        _firstAttempt = _meter.CreateHistogram<double>("parley.webhooks.first_attempt.delay", "s", "From acceptance to the first attempt");
        _attemptDuration = _meter.CreateHistogram<double>("parley.webhooks.attempt.duration", "s", "Of the whole exchange with the receiver");
    }

    public void Accepted(TimeSpan duration)
    {
        _accepted.Add(1);
        _acceptDuration.Record(duration.TotalSeconds);
    }

    public void Attempted(Attempt attempt, TimeSpan sinceAccepted)
    {
        _attempts.Add(1, new KeyValuePair<string, object?>("outcome", attempt.Error?.ToString().ToLowerInvariant() ?? "succeeded"));
        _attemptDuration.Record(attempt.Duration.TotalSeconds);
        if (attempt.Number == 1)
            _firstAttempt.Record(sinceAccepted.TotalSeconds);
    }

    public void Ended(DeliveryState state, int count = 1) =>
        _deliveries.Add(count, new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant()));

    /// <summary>Has figures read when somebody looks.</summary>
    public void Observe(Func<double> oldestDue, Func<int> laneDepth)
    {
        _meter.CreateObservableGauge("parley.webhooks.oldest_due.age", oldestDue, "s", "How long the delivery has been due that has been due longest; 0: none");
        _meter.CreateObservableGauge("parley.webhooks.lanes.depth", laneDepth, "{delivery}", "Deliveries in memory that wait for their turn");
    }

    public void Dispose() => _meter.Dispose();
}
