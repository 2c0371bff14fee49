using System.Text;
using Parley.Brokers;

namespace Parley.Specifications.Brokers;

/// <summary>A started broker, what it raised, and the calls of the tests in short form.</summary>
public sealed class BrokerNode(IBroker broker, TimeSpan unit)
{
    /// <summary>The broker.</summary>
    public IBroker Broker { get; } = broker;

    /// <summary>What it raised.</summary>
    public RecordingEvents Events { get; } = new();

    /// <summary>A request for a channel that keeps 100 publications for ten units of time.</summary>
    public BrokerPublishRequest Request(string text) => new()
    {
        Data = Encoding.UTF8.GetBytes(text),
        HistorySize = 100,
        HistoryTtl = 10 * unit,
        HistoryMetaTtl = 100 * unit,
    };

    /// <summary>Publishes with history, changed as a test needs it.</summary>
    public ValueTask<PublishResult> PublishAsync(
        string channel, string text, Func<BrokerPublishRequest, BrokerPublishRequest>? change = null) =>
        Broker.PublishAsync(channel, change is null ? Request(text) : change(Request(text)));

    /// <summary>Publishes 1 to <paramref name="count"/>.</summary>
    public async Task PublishManyAsync(string channel, int count, int historySize = 100)
    {
        for (var i = 1; i <= count; i++)
            await PublishAsync(channel, $"{i}", request => request with { HistorySize = historySize });
    }

    /// <summary>Reads, by default all from the oldest.</summary>
    public ValueTask<HistoryPage> ReadAsync(string channel, StreamPosition? since = null, int limit = -1, bool reverse = false) =>
        Broker.ReadHistoryAsync(channel, new HistoryQuery
        {
            Limit = limit,
            Since = since,
            Reverse = reverse,
            HistoryMetaTtl = 100 * unit,
        });

    /// <summary>The payloads of what a read gave.</summary>
    public async Task<string[]> ReadTextsAsync(string channel, StreamPosition? since = null, int limit = -1, bool reverse = false) =>
        Texts(await ReadAsync(channel, since, limit, reverse));

    /// <summary>The payloads of a page.</summary>
    public static string[] Texts(HistoryPage page) => [.. page.Publications.Select(p => Encoding.UTF8.GetString(p.Data.Span))];
}
