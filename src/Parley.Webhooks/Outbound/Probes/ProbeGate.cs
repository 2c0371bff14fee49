using Parley.Webhooks.Outbound.Lanes;

namespace Parley.Webhooks.Outbound.Probes;

/// <summary>Bounds the requests that callers have sent at once, so that nobody shoots at others with them: tests and verification.</summary>
/// <remarks>Thread-safe. Counts on this node.</remarks>
internal sealed class ProbeGate(TimeProvider time)
{
    /// <summary>Of one application.</summary>
    public const int MaxAtOnce = 4;

    /// <summary>Of one application, after a burst of as many.</summary>
    public const int PerMinute = 60;

    private const int MaxKept = 10_000;
    private const int MaxOfAll = 64;

    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _endpoints = [];
    private readonly Dictionary<Guid, Tally> _applications = [];
    private int _running;

    /// <summary>Takes a place, which is free again when it is disposed of.</summary>
    /// <param name="application">Whose.</param>
    /// <param name="endpoint">What it is for: only one at a time.</param>
    /// <exception cref="WebhookException">There is none now.</exception>
    public IDisposable Enter(Guid application, Guid endpoint)
    {
        lock (_gate)
        {
            if (_endpoints.Contains(endpoint))
                throw WebhookProblem.TooMany("Another test or verification of it is under way.", TimeSpan.FromSeconds(1)).ToException();
            var tally = TallyOf(application);
            if (tally.Running >= MaxAtOnce || _running >= MaxOfAll)
                throw WebhookProblem.TooMany($"{MaxAtOnce} may run at once for an application.", TimeSpan.FromSeconds(1)).ToException();
            if (tally.Bucket.TryTake(PerMinute / 60.0, PerMinute) is var wait && wait > TimeSpan.Zero)
                throw WebhookProblem.TooMany($"An application may have {PerMinute} a minute.", wait).ToException();
            _running++;
            tally.Running++;
            _endpoints.Add(endpoint);
            return new Place(this, application, endpoint);
        }
    }

    private Tally TallyOf(Guid application)
    {
        if (_applications.TryGetValue(application, out var known))
            return known;
        if (_applications.Count >= MaxKept)
        {
            foreach (var (id, tally) in _applications)
            {
                if (tally.Running == 0)
                    _applications.Remove(id);
            }
        }

        return _applications[application] = new Tally(new TokenBucket(time, PerMinute));
    }

    private void Leave(Guid application, Guid endpoint)
    {
        lock (_gate)
        {
            _running--;
            _applications[application].Running--;
            _endpoints.Remove(endpoint);
        }
    }

    private sealed class Tally(TokenBucket bucket)
    {
        public TokenBucket Bucket => bucket;

        public int Running { get; set; }
    }

    private sealed class Place(ProbeGate gate, Guid application, Guid endpoint) : IDisposable
    {
        private bool _isLeft;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isLeft, true))
                gate.Leave(application, endpoint);
        }
    }
}
