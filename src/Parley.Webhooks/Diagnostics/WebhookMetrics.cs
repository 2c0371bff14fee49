using System.Diagnostics.Metrics;
using Parley.Webhooks.Api;
using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.Diagnostics;

/// <summary>Measurements of the meter <c>Parley.Webhooks</c>.</summary>
internal sealed class WebhookMetrics : IDisposable
{
    public const string MeterName = "Parley.Webhooks";

    // The standard buckets of most tools are made for milliseconds; these are seconds.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    private static readonly string Succeeded = ApiNames.Of(DeliveryState.Succeeded);

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
        _acceptDuration = Durations("parley.webhooks.accept.duration", "From a message's arrival until it is on disk");
        _firstAttempt = Durations("parley.webhooks.first_attempt.delay", "From acceptance, or the time for which a message was meant, to the first attempt");
        _attemptDuration = Durations("parley.webhooks.attempt.duration", "Of the whole exchange with the receiver");
    }

    public void Accepted(TimeSpan duration)
    {
        _accepted.Add(1);
        _acceptDuration.Record(duration.TotalSeconds);
    }

    /// <param name="attempt">The attempt.</param>
    /// <param name="sinceDue">How long after its delivery was due for the first time.</param>
    public void Attempted(Attempt attempt, TimeSpan sinceDue)
    {
        _attempts.Add(1, new KeyValuePair<string, object?>("outcome", attempt.Error is { } error ? ApiNames.Of(error) : Succeeded));
        _attemptDuration.Record(attempt.Duration.TotalSeconds);
        if (attempt is { Number: 1, Trigger: AttemptTrigger.Schedule })
            _firstAttempt.Record(sinceDue.TotalSeconds);
    }

    public void Ended(DeliveryState state, int count = 1) =>
        _deliveries.Add(count, new KeyValuePair<string, object?>("state", ApiNames.Of(state)));

    /// <summary>Says that nothing has ended yet: a first failure would otherwise be no increase for who reads now and then.</summary>
    public void BeginAtZero()
    {
        _accepted.Add(0);
        Ended(DeliveryState.Succeeded, 0);
        Ended(DeliveryState.Failed, 0);
        Ended(DeliveryState.Cancelled, 0);
    }

    /// <summary>Has figures read when somebody looks.</summary>
    public void Observe(Func<double> oldestDue, Func<double> stalled, Func<int> laneDepth)
    {
        _meter.CreateObservableGauge("parley.webhooks.oldest_due.age", oldestDue, "s", "How long the delivery has been due that has been due longest, whatever it waits for; 0: none");
        _meter.CreateObservableGauge("parley.webhooks.stalled.age", stalled, "s", "How long a delivery has been due that should have been sent, since nothing in its endpoint stands in the way; 0: none");
        _meter.CreateObservableGauge("parley.webhooks.lanes.depth", laneDepth, "{delivery}", "Deliveries in memory that wait for their turn");
    }

    public void Dispose() => _meter.Dispose();

    private Histogram<double> Durations(string name, string description) => _meter.CreateHistogram(name, "s", description, tags: null, Seconds);
}
