using System.Diagnostics;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <summary>
/// What was published to each stream of a scenario (a channel, a connection's requests), and what arrived of it: nothing may be
/// missing, come twice or overtake.
/// </summary>
/// <param name="streams">Number of sequences.</param>
/// <param name="receivers">Number of clients that receive.</param>
/// <param name="streamOf">The stream that a receiver gets.</param>
/// <param name="window">Publications of one stream that may be on their way.</param>
internal sealed class Traffic(int streams, int receivers, Func<int, int> streamOf, int window = 1024) : IReceiver
{
    private readonly uint[] _sent = new uint[streams];
    private readonly long[] _sentAt = new long[streams * window];
    private readonly int[] _missing = new int[streams * window];
    private readonly SequenceCheck _check = new(receivers);

    public LatencyHistogram Latency { get; } = new();

    /// <summary>Publications that arrived at a receiver.</summary>
    public long Received => _check.Total;

    /// <summary>Publications that must arrive at a receiver until everything is there.</summary>
    public long Expected { get; private set; }

    /// <summary>Publications that have not reached all their receivers.</summary>
    public int InFlight { get; private set; }

    /// <summary>Takes note of a publication that is about to be sent and gives it its number.</summary>
    public uint Next(int stream, long time, int receivers)
    {
        var sequence = _sent[stream]++;
        var slot = Slot(stream, sequence);
        if (_missing[slot] > 0)
            throw new LoadTestException($"the server is more than {window} publications behind");

        _sentAt[slot] = time;
        _missing[slot] = receivers;
        Expected += receivers;
        InFlight++;
        return sequence;
    }

    public void OnPublication(int client, uint sequence)
    {
        _check.Take(client, sequence);
        var slot = Slot(streamOf(client), sequence);
        Latency.Add(Stopwatch.GetTimestamp() - _sentAt[slot]);
        if (--_missing[slot] == 0)
            InFlight--;
    }

    public void OnReply(int client, ReadOnlySpan<byte> reply)
    {
        if (Stamp.TryRead(reply, out var sequence))
            OnPublication(client, sequence); // an answered call
    }

    /// <summary>Waits until all has arrived.</summary>
    public void Drain(ClientGroup clients)
    {
        clients.WaitFor(() => Received >= Expected, "publications still on their way");
        _check.ThrowIfMissing(receiver => _sent[streamOf(receiver)]);
    }

    private int Slot(int stream, uint sequence) => (stream * window) + (int)(sequence % window);
}
