namespace Parley.Specifications.Brokers.Consistency;

/// <summary>A run of random operations on one channel, all of them from a seed, and the judgement on it.</summary>
public sealed class RandomOperations(BrokerNode publisher, BrokerNode reader, Func<TimeSpan, ValueTask> advance, TimeSpan unit)
{
    private const int Steps = 60;
    private const int HistorySize = 40;

    private readonly StreamChecker _checker = new();
    private readonly List<(string Id, string Key)> _keyed = [];
    private int _publications;

    /// <summary>Runs and checks.</summary>
    /// <returns>The rules that were broken, with details; empty when all is well.</returns>
    public async Task<IReadOnlyList<(StreamRule Rule, string What)>> RunAsync(string channel, int seed)
    {
        var random = new Random(seed);
        await reader.Broker.SubscribeAsync(channel);
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(20))
            {
                case 0:
                    _checker.HistoryEnded((await reader.ReadAsync(channel, limit: 0)).Top);
                    await publisher.Broker.RemoveHistoryAsync(channel);
                    break;
                case 1:
                    _checker.HistoryEnded((await reader.ReadAsync(channel, limit: 0)).Top);
                    await advance((random.Next(3) == 0 ? 101 : 11) * unit);
                    _keyed.Clear();
                    break;
                case < 5 when _keyed.Count > 0:
                    await PublishAgainAsync(channel, _keyed[random.Next(_keyed.Count)]);
                    break;
                case < 8:
                    await PublishAtOnceAsync(channel, random.Next(2, 6));
                    break;
                default:
                    await PublishAsync(channel, $"{_publications++}", random.Next(2) == 0);
                    break;
            }
        }

        await PublishAsync(channel, "last", hasKey: false);
        await JudgeAsync(channel);
        return _checker.Violations;
    }

    private async Task PublishAsync(string channel, string id, bool hasKey)
    {
        var key = hasKey ? $"key-{id}" : null;
        var before = _checker.Called(id);
        var result = await CallAsync(channel, id, key);
        _checker.Answered(id, result, before);
        if (key is not null)
            _keyed.Add((id, key));
    }

    /// <summary>A publisher that had no answer tries again with the same key.</summary>
    private async Task PublishAgainAsync(string channel, (string Id, string Key) first) =>
        _checker.Answered(first.Id, await CallAsync(channel, first.Id, first.Key), before: null);

    private async Task PublishAtOnceAsync(string channel, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => $"{_publications++}").ToArray();
        var calls = ids.Select(id => (Id: id, Before: _checker.Called(id))).ToArray();
        var results = await Task.WhenAll(ids.Select(id => Task.Run(() => CallAsync(channel, id, key: null))));
        for (var i = 0; i < count; i++)
            _checker.Answered(ids[i], results[i], calls[i].Before);
    }

    private async Task<StreamPosition> CallAsync(string channel, string id, string? key)
    {
        var result = await publisher.PublishAsync(channel, id, request => request with
        {
            HistorySize = HistorySize,
            IdempotencyKey = key,
            IdempotencyWindow = 5 * unit,
        });
        return result.Position;
    }

    private async Task JudgeAsync(string channel)
    {
        BrokerEvent[] heard = [];
        while (heard.Length == 0 || heard[^1].ToString() != "last")
            heard = await reader.Events.WaitAsync(channel, heard.Length + 1);

        foreach (var raised in heard)
            _checker.Heard(raised.ToString(), new StreamPosition(raised.Publication!.Offset, raised.Publication.Epoch));

        _checker.Finally(await reader.ReadAsync(channel), HistorySize);
    }
}
