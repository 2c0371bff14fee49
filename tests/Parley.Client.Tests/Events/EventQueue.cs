using System.Threading.Channels;
using Parley.Testing;

namespace Parley.Client.Tests.Events;

/// <summary>Takes events in the order in which they come.</summary>
internal sealed class EventQueue<T>
{
    private readonly Channel<T> _events = Channel.CreateUnbounded<T>();

    /// <param name="attach">Adds the handler it is given to the event.</param>
    public EventQueue(Action<EventHandler<T>> attach) => attach((_, args) => _events.Writer.TryWrite(args));

    /// <summary>How many came and were not taken.</summary>
    public int Count => _events.Reader.Count;

    /// <summary>Takes the next one, waiting for it.</summary>
    public Task<T> NextAsync() => _events.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);
}
