using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Clients;

/// <summary>The events of a client or subscription, to be taken one after the other by name.</summary>
internal sealed class SdkEvents(string owner)
{
    private readonly ConcurrentDictionary<string, Channel<JsonElement>> _byName = new();
    private readonly ConcurrentQueue<string> _history = new();

    public void Add(string name, JsonElement context)
    {
        _history.Enqueue($"{name} {context}");
        Queue(name).Writer.TryWrite(context);
    }

    /// <summary>Ends all waits, because there will be no more events.</summary>
    public void Fail(Exception exception)
    {
        foreach (var queue in _byName.Values)
            queue.Writer.TryComplete(exception);
    }

    /// <summary>Takes the next event of a name, which may have come before.</summary>
    public async Task<T> NextAsync<T>(string name)
    {
        try
        {
            var context = await Queue(name).Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);
            return context.Deserialize<T>(JsonSerializerOptions.Web)!;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{owner}: no '{name}'. What came last:\n{string.Join('\n', _history.TakeLast(20))}");
        }
    }

    /// <summary>How many events of a name came and were not taken.</summary>
    public int CountUntaken(string name) => Queue(name).Reader.Count;

    private Channel<JsonElement> Queue(string name) => _byName.GetOrAdd(name, static _ => Channel.CreateUnbounded<JsonElement>());
}
