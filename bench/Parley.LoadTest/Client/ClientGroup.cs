using System.Diagnostics;
using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Client;

/// <summary>All connections of a run, on one event loop.</summary>
internal sealed class ClientGroup(Target target) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Network _network = new(target);
    private readonly List<ClientConnection> _clients = [];

    public EventLoop Loop => _network.Loop;

    /// <summary>Opens clients, a bounded number at a time, and returns when all are subscribed.</summary>
    /// <param name="count">How many.</param>
    /// <param name="channels">What the client of an index subscribes to.</param>
    /// <param name="receiver">Takes what arrives.</param>
    public ClientConnection[] Open(int count, Func<int, string[]> channels, IReceiver receiver)
    {
        var clients = new ClientConnection[count];
        var started = 0;
        var ready = 0;
        while (ready < count)
        {
            for (; started < count && started - ready < target.Parallel; started++)
            {
                clients[started] = target.Dialect.Connect(_network, target.Transport, started, channels(started), receiver);
                _clients.Add(clients[started]);
            }

            var before = ready;
            WaitFor(() => (ready = CountReady(clients, ready, started)) > before, "a client to connect and subscribe");
        }

        RunFor(target.Dialect.SettleTime);
        return clients;
    }

    /// <summary>Opens a client that need not be ready, and that <see cref="Close"/> does not close.</summary>
    public ClientConnection OpenOne(string[] channels, IReceiver receiver) =>
        target.Dialect.Connect(_network, target.Transport, -1, channels, receiver);

    /// <summary>Opens publishers and deals channels out to them in turn; each channel has one, so that its publications have an order.</summary>
    /// <returns>The publishers, and the publication of each channel; that of the channel i is for the publisher i modulo their count.</returns>
    public (Publisher[] Publishers, CommandTemplate[] Publications) OpenPublishers(int count, string[] channels, int payloadBytes)
    {
        var publishers = new Publisher[count];
        for (var i = 0; i < count; i++)
            publishers[i] = target.PublishesOverHttp ? new ApiPublisher(_network) : target.Dialect.OpenPublisher(_network);

        var publications = channels.Select((channel, i) => publishers[i % count].Prepare(channel, payloadBytes)).ToArray();
        WaitFor(() => Array.TrueForAll(publishers, static p => p.IsReady), "the publishers to connect");
        return (publishers, publications);
    }

    public ApiPublisher[] OpenApiPublishers(int count)
    {
        var publishers = new ApiPublisher[count];
        for (var i = 0; i < count; i++)
            publishers[i] = new ApiPublisher(_network);

        WaitFor(() => Array.TrueForAll(publishers, static p => p.IsReady), "the publishers to connect");
        return publishers;
    }

    /// <summary>Handles what arrives until a condition holds; fails the run when nothing makes it hold in time.</summary>
    public void WaitFor(Func<bool> condition, string what)
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(Patience.TotalSeconds * Stopwatch.Frequency);
        while (!condition())
        {
            if (Stopwatch.GetTimestamp() >= deadline)
                throw new LoadTestException($"waited {Patience.TotalSeconds} s in vain for {what}");

            Loop.Poll(deadline);
        }
    }

    /// <summary>Handles what arrives for a time.</summary>
    public void RunFor(TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
            Loop.Poll(end);
    }

    /// <summary>Says goodbye on every connection of a client, so that the server is left without them.</summary>
    public void Close()
    {
        foreach (var client in _clients)
            client.BeginClose();

        WaitFor(() => _clients.TrueForAll(c => c.HasEnded), "the server to close");
        _clients.Clear();
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();

        _network.Dispose();
    }

    // Connections become ready nearly in order, so the first that is not is close to the number of those that are.
    private static int CountReady(ClientConnection[] clients, int from, int to)
    {
        while (from < to && clients[from].IsReady)
            from++;

        return from;
    }
}
