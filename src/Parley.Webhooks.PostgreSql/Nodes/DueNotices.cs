using System.Collections.Concurrent;

namespace Parley.Webhooks.PostgreSql.Nodes;

/// <summary>How often other nodes are told of an endpoint's deliveries: once a second, since each looks for all of them.</summary>
internal sealed class DueNotices(TimeProvider time)
{
    private const int MaxKept = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, long> _told = new();

    public bool TryTake(Guid endpoint)
    {
        if (_told.TryGetValue(endpoint, out var last) && time.GetElapsedTime(last) < Pause)
            return false;
        if (_told.Count >= MaxKept)
            _told.Clear();
        _told[endpoint] = time.GetTimestamp();
        return true;
    }
}
