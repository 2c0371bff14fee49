using System.Globalization;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Scenarios;

/// <summary>Publishes all that becomes due, later where the server or this machine is behind: nothing is left out.</summary>
internal sealed class SoakPublisher(Network network, string[] rooms, int payloadBytes)
{
    private const int MaxUnanswered = 1000;

    private readonly WebSocketPublisher _publisher = new(network);
    private readonly CommandTemplate[] _publications = [.. rooms.Select(room => network.Target.Dialect.Publish(room, payloadBytes))];
    private readonly Queue<int> _due = [];

    public long Published { get; private set; }

    public long Answered => Published - _publisher.Unanswered;

    public bool IsDone => _due.Count == 0 && _publisher.Unanswered == 0;

    /// <summary>One more is due in a room.</summary>
    public void Add(int room) => _due.Enqueue(room);

    /// <summary>Publishes what is due, as far as it may wait for answers.</summary>
    public void PublishDue()
    {
        while (_publisher.IsReady && _publisher.Unanswered < MaxUnanswered && _due.TryDequeue(out var room))
            _publisher.Publish(_publications[room], (uint)(Published++ % 10_000_000));
    }

    /// <summary>Says goodbye.</summary>
    public void Close() => _publisher.Close();

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{_due.Count} are due, {Published} were published, {Answered} answered");
}
