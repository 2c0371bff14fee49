using System.Diagnostics.Metrics;
using Parley.Webhooks.Outbox.Relaying;
using Parley.Webhooks.Outbox.Storage;

namespace Parley.Webhooks.Outbox.Diagnostics;

/// <summary>Measurements of the meter <c>Parley.Webhooks.Outbox</c>.</summary>
internal sealed class OutboxMetrics : IDisposable
{
    public const string MeterName = "Parley.Webhooks.Outbox";

    private readonly Meter _meter;
    private readonly Counter<long> _sent;
    private readonly Histogram<double> _delay;
    private readonly Lock _lock = new();
    private OutboxBacklog _backlog;

    public OutboxMetrics(TimeProvider time, IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _sent = _meter.CreateCounter<long>("parley.webhooks.outbox.sent", "{message}", "Messages that were sent, by outcome");
        _delay = _meter.CreateHistogram<double>("parley.webhooks.outbox.delay", "s", "From enqueueing, before the commit, until accepted");
        _meter.CreateObservableGauge("parley.webhooks.outbox.waiting", () => Backlog.Waiting, "{message}", "Messages that wait to be sent");
        _meter.CreateObservableGauge("parley.webhooks.outbox.failed", () => Backlog.Failed, "{message}", "Messages that were refused for good");
        _meter.CreateObservableGauge("parley.webhooks.outbox.oldest.age",
            () => Backlog.OldestAt is { } oldest ? (time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(oldest)).TotalSeconds : 0, "s",
            "How long the message has waited that has waited longest; 0: none");
    }

    /// <summary>As it was last measured.</summary>
    public OutboxBacklog Backlog
    {
        get
        {
            lock (_lock)
                return _backlog;
        }

        set
        {
            lock (_lock)
                _backlog = value;
        }
    }

    public void Sent(SendOutcome outcome, TimeSpan delay)
    {
        _sent.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString().ToLowerInvariant()));
        if (outcome is SendOutcome.Accepted)
            _delay.Record(delay.TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();
}
