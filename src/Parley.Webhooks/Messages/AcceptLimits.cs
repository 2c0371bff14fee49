using System.Collections.Concurrent;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Outbound.Lanes;

namespace Parley.Webhooks.Messages;

/// <summary>Keeps applications to the messages a second that they may have accepted. Thread-safe. Each node counts for itself.</summary>
internal sealed class AcceptLimits(TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, TokenBucket> _buckets = new();

    /// <exception cref="WebhookException">There were too many.</exception>
    public void Take(Application application)
    {
        if (application.RateLimit is not { } perSecond)
            return;
        var bucket = _buckets.GetOrAdd(application.Id, static (_, clock) => new TokenBucket(clock, double.MaxValue), time);
        TimeSpan wait;
        lock (bucket)
            wait = bucket.TryTake(perSecond);
        if (wait > TimeSpan.Zero)
            throw WebhookProblem.TooMany($"The application may have {perSecond} messages a second accepted.", wait).ToException();
    }

    public void Forget(Guid application) => _buckets.TryRemove(application, out _);
}
