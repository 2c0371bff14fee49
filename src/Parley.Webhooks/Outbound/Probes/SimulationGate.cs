using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Outbound.Probes;

/// <summary>Bounds simulated transformations, so that deliveries have their scripts run whatever people try out.</summary>
/// <remarks>Thread-safe. Counts on this node.</remarks>
internal sealed class SimulationGate(TransformationOptions options)
{
    private readonly int _most = Math.Max(1, options.Workers / 2);
    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _applications = [];

    /// <summary>Takes a place, which is free again when it is disposed of.</summary>
    /// <exception cref="WebhookException">There is none now.</exception>
    public IDisposable Enter(Guid application)
    {
        lock (_gate)
        {
            return _applications.Count < _most && _applications.Add(application)
                ? new Place(this, application)
                : throw WebhookProblem.TooMany("Another simulation is under way.", TimeSpan.FromSeconds(1)).ToException();
        }
    }

    private void Leave(Guid application)
    {
        lock (_gate)
            _applications.Remove(application);
    }

    private sealed class Place(SimulationGate gate, Guid application) : IDisposable
    {
        private bool _isLeft;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _isLeft, true))
                gate.Leave(application);
        }
    }
}
