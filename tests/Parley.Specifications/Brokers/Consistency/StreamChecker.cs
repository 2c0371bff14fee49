namespace Parley.Specifications.Brokers.Consistency;

/// <summary>Judges what happened in one channel by the rules of streams. Not thread-safe: record what happened, then check.</summary>
/// <remarks>Each publication has an id of its own, and the reader is subscribed from the first to the last one.</remarks>
public sealed class StreamChecker
{
    private readonly HashSet<string> _called = [];
    private readonly Dictionary<string, StreamPosition> _positions = [];
    private readonly Dictionary<StreamPosition, string> _ids = [];
    private readonly Dictionary<string, ulong> _answeredTop = [];
    private readonly HashSet<string> _heardEpochs = [];
    private readonly List<(string Id, StreamPosition Position)> _answered = [];
    private StreamPosition? _lastHeard;
    private StreamPosition _removedUpTo = StreamPosition.None;

    /// <summary>What was broken, in the order it was noticed.</summary>
    public List<(StreamRule Rule, string What)> Violations { get; } = [];

    /// <summary>A publication begins.</summary>
    /// <returns>What has been answered before, for <see cref="Answered"/>.</returns>
    public Dictionary<string, ulong> Called(string id)
    {
        _called.Add(id);
        return new Dictionary<string, ulong>(_answeredTop);
    }

    /// <summary>A publication was answered, for the first time or again.</summary>
    /// <param name="id">The publication.</param>
    /// <param name="position">The answer.</param>
    /// <param name="before">What <see cref="Called"/> gave for this call; null for a repeated one.</param>
    public void Answered(string id, StreamPosition position, Dictionary<string, ulong>? before)
    {
        Place(id, position);
        _answered.Add((id, position));
        if (before is not null && position.Offset <= before.GetValueOrDefault(position.Epoch))
            Report(StreamRule.TimeOrder, $"{id} at {position}, after {before[position.Epoch]} had been answered");

        _answeredTop[position.Epoch] = Math.Max(position.Offset, _answeredTop.GetValueOrDefault(position.Epoch));
    }

    /// <summary>The reader heard a publication.</summary>
    public void Heard(string id, StreamPosition position)
    {
        Place(id, position);
        if (_lastHeard is { } last && last.Epoch == position.Epoch)
        {
            if (position.Offset > last.Offset + 1)
                Report(StreamRule.Gap, $"{position.Offset} after {last.Offset}");
            if (position.Offset <= last.Offset)
                Report(StreamRule.Repeat, $"{position.Offset} after {last.Offset}");
        }
        else
        {
            if (position.Offset != 1)
                Report(StreamRule.Gap, $"epoch {position.Epoch} begins with {position.Offset}");
            if (!_heardEpochs.Add(position.Epoch))
                Report(StreamRule.EpochReuse, position.Epoch);
        }

        _lastHeard = position;
    }

    /// <summary>The history was removed, or expired, when the top was here.</summary>
    public void HistoryEnded(StreamPosition top) => _removedUpTo = top;

    /// <summary>The history as it is after everything.</summary>
    /// <param name="page">All that is kept.</param>
    /// <param name="size">How many publications should be kept.</param>
    public void Finally(Parley.Brokers.HistoryPage page, int size)
    {
        foreach (var publication in page.Publications)
            Place(new BrokerEvent(publication).ToString(), new StreamPosition(publication.Offset, publication.Epoch));

        var kept = page.Publications.Select(p => p.Offset).ToHashSet();
        var gone = _removedUpTo.Epoch == page.Top.Epoch ? _removedUpTo.Offset : 0;
        foreach (var (id, position) in _answered.Where(answer => answer.Position.Epoch == page.Top.Epoch))
        {
            var isInRetention = position.Offset > gone && position.Offset + (ulong)size > page.Top.Offset;
            if (isInRetention && !kept.Contains(position.Offset))
                Report(StreamRule.LostAck, $"{id} at {position}");
        }

        if (_lastHeard is not { } last || last != page.Top)
            Report(StreamRule.Stale, $"heard {_lastHeard}, top {page.Top}");
    }

    private void Place(string id, StreamPosition position)
    {
        if (!_called.Contains(id))
            Report(StreamRule.Phantom, id);
        if (_ids.TryGetValue(position, out var other) && other != id)
            Report(StreamRule.Fork, $"{id} and {other} at {position}");
        if (_positions.TryGetValue(id, out var known) && known != position)
            Report(StreamRule.Double, $"{id} at {known} and {position}");

        _ids[position] = id;
        _positions[id] = position;
    }

    private void Report(StreamRule rule, string what) => Violations.Add((rule, what));
}
