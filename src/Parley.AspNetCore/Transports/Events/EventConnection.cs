using System.Text;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports.Events;

/// <summary>Makes the ids of events tell the positions of all channels, as a client sends the last one back and no other.</summary>
/// <remarks>With one channel, the usual case, events go out as they are, shared with all other clients. Thread-safe.</remarks>
internal sealed class EventConnection(IConnection inner) : IConnection
{
    private static readonly byte[] IdLine = Encoding.ASCII.GetBytes(EventId.Line);
    private static readonly byte[] EventLine = "event: "u8.ToArray();

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _positions = new(StringComparer.Ordinal);

    /// <summary>Begins with where the client stood, so that a first id tells that of channels which are still to come.</summary>
    public void Start(IEnumerable<KeyValuePair<string, StreamPosition>> positions)
    {
        foreach (var (channel, position) in positions)
            _positions[Uri.EscapeDataString(channel)] = EventId.Format(position.Offset, position.Epoch);
    }

    public string Transport => inner.Transport;

    public long QueuedBytes => inner.QueuedBytes;

    public bool TryEnqueue(Frame frame)
    {
        if (!frame.Bytes.AsSpan().StartsWith(IdLine)) return inner.TryEnqueue(frame);

        // An id must not be behind that of an earlier event, so the order of the two steps is one.
        lock (_gate)
            return inner.TryEnqueue(WithAllPositions(frame));
    }

    public void EnqueueFirst(Frame frame) => inner.EnqueueFirst(frame);

    public Task DrainAsync() => inner.DrainAsync();

    public void Close(DisconnectReason reason) => inner.Close(reason);

    private Frame WithAllPositions(Frame frame)
    {
        var bytes = frame.Bytes.AsSpan();
        var end = bytes.IndexOf((byte)'\n');
        var pair = Encoding.ASCII.GetString(bytes[IdLine.Length..end]);
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        var (channel, position) = (pair[..equals], pair[(equals + 1)..]);
        var rest = bytes[(end + 1)..];
        if (position == EventId.Gone)
            _positions.Remove(channel);
        else if (!rest.StartsWith(EventLine) && !_positions.ContainsKey(channel))
            return new Frame(rest.ToArray()); // a publication of a channel that cannot be resumed
        else
            _positions[channel] = position;
        if (_positions.Count == 1 && position != EventId.Gone) return frame;

        var ids = string.Join('&', _positions.Select(static known => $"{known.Key}={known.Value}"));
        return new Frame([.. IdLine, .. Encoding.ASCII.GetBytes(ids), .. bytes[end..]]);
    }
}
