using Parley.Brokers;

namespace Parley.Specifications.Brokers;

/// <summary>Remembers what a broker raised, by channel, and lets a test wait for it.</summary>
public sealed class RecordingEvents : IBrokerEvents
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<BrokerEvent>> _raised = [];
    private readonly List<(string Channel, int Count, TaskCompletionSource Reached)> _waits = [];

    /// <summary>Called within the event, before it is recorded.</summary>
    public Action<string, BrokerEvent>? OnEvent { get; set; }

    /// <inheritdoc/>
    public void OnPublication(string channel, Publication publication) => Record(channel, new BrokerEvent(publication));

    /// <inheritdoc/>
    public void OnJoin(string channel, ClientInfo info) => Record(channel, new BrokerEvent(null, Joined: info));

    /// <inheritdoc/>
    public void OnLeave(string channel, ClientInfo info) => Record(channel, new BrokerEvent(null, Left: info));

    /// <summary>What was raised in a channel until now.</summary>
    public BrokerEvent[] Of(string channel)
    {
        lock (_lock)
            return _raised.TryGetValue(channel, out var events) ? [.. events] : [];
    }

    /// <summary>Forgets what was raised.</summary>
    public void Clear()
    {
        lock (_lock)
            _raised.Clear();
    }

    /// <summary>Waits until a channel has had so many events, and gives all of them.</summary>
    /// <exception cref="TimeoutException">They did not come.</exception>
    public async Task<BrokerEvent[]> WaitAsync(string channel, int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_raised.TryGetValue(channel, out var events) && events.Count >= count)
                reached.SetResult();
            else
                _waits.Add((channel, count, reached));
        }

        try
        {
            await reached.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{count} events were expected in {channel}, and came: {string.Join(", ", Of(channel).AsEnumerable())}");
        }

        return Of(channel);
    }

    private void Record(string channel, BrokerEvent raised)
    {
        OnEvent?.Invoke(channel, raised);
        lock (_lock)
        {
            if (!_raised.TryGetValue(channel, out var events))
                _raised.Add(channel, events = []);

            events.Add(raised);
            for (var i = _waits.Count - 1; i >= 0; i--)
            {
                if (_waits[i].Channel != channel || events.Count < _waits[i].Count)
                    continue;

                _waits[i].Reached.SetResult();
                _waits.RemoveAt(i);
            }
        }
    }
}
