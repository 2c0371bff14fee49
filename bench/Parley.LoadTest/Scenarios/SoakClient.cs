using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Scenarios;

/// <summary>Where a client stands in its room.</summary>
internal readonly record struct SoakPosition(ulong Offset, string Epoch);

/// <summary>A client that may leave, vanish, stand still and come back: it listens to a room with recovery, and now and then to a channel of its own.</summary>
/// <remarks>While it is there and reads, the server may not end it: that fails the run.</remarks>
internal sealed class SoakClient : IMessageReceiver, IDisposable
{
    private const int RoomId = 2;

    /// <summary>Where the machine has no time for this process, its answer to a ping is late, for which the server is not to blame.</summary>
    private const string NoPong = "3012 no pong";

    private readonly string _room;
    private readonly string _own;
    private readonly SoakPosition? _since;
    private readonly WebSocketLink _link;
    private bool _hasOwn;
    private int _lastId = RoomId;

    /// <param name="network">What it is made with.</param>
    /// <param name="room">Keeps its history.</param>
    /// <param name="own">A channel of its own.</param>
    /// <param name="since">Where it was before; null: nowhere.</param>
    public SoakClient(Network network, string room, string own, SoakPosition? since)
    {
        (_room, _own, _since) = (room, own, since);
        var recover = since is { } position
            ? string.Create(CultureInfo.InvariantCulture, $",\"recover\":true,\"offset\":{position.Offset},\"epoch\":\"{position.Epoch}\"")
            : "";
        var first = $$$"""{"id":1,"connect":{}}{{{'\n'}}}{"id":{{{RoomId}}},"subscribe":{"channel":"{{{room}}}"{{{recover}}}}}""";
        _link = new WebSocketLink(network, new Opening(Encoding.UTF8.GetBytes(first)), this) { ToleratedEnd = NoPong };
    }

    /// <summary>Where it stands; null: it is not in the room yet.</summary>
    public SoakPosition? Position { get; private set; }

    /// <summary>Publications that it was given back.</summary>
    public int Recovered { get; private set; }

    /// <summary>Whether it came back with a position and was answered.</summary>
    public bool HasAskedToResume { get; private set; }

    /// <summary>Whether it came back with a position and the server went on from there.</summary>
    public bool HasResumed { get; private set; }

    public bool HasEnded => _link.HasEnded || _link.IsClosed;

    /// <summary>Subscribes to its own channel, or leaves it.</summary>
    public void Toggle()
    {
        var method = _hasOwn ? "unsubscribe" : "subscribe";
        _hasOwn = !_hasOwn;
        _link.SendMessage(Encoding.UTF8.GetBytes($$$"""{"id":{{{++_lastId}}},"{{{method}}}":{"channel":"{{{_own}}}"}}"""));
    }

    public void StopReading() => _link.StopReading();

    public void Leave() => _link.BeginClose();

    /// <summary>Vanishes by a reset.</summary>
    public void Dispose() => _link.Dispose();

    public void OnOpen()
    {
        // It waits for its answers.
    }

    public void OnMessage(ReadOnlySpan<byte> message)
    {
        foreach (var range in message.Split((byte)'\n'))
        {
            var line = message[range];
            if (line.Length > 2)
                OnLine(line.ToArray());
            else if (line.Length == 2)
                _link.SendMessage("{}"u8); // a ping
        }
    }

    private void OnLine(byte[] line)
    {
        using var document = JsonDocument.Parse(line);
        var reply = document.RootElement;
        if (reply.TryGetProperty("error", out _))
            throw Failure("an error", line);
        if (reply.TryGetProperty("push", out var push))
            OnPush(push, line);
        else if (reply.TryGetProperty("id", out var id) && id.GetInt32() == RoomId)
            OnSubscribed(reply.GetProperty("subscribe"), line);
    }

    private void OnSubscribed(JsonElement result, byte[] line)
    {
        Position = new SoakPosition(OffsetOf(result), result.GetProperty("epoch").GetString()!);
        HasAskedToResume = _since is not null;
        // One that was away for longer than the history lasts is told so, and begins at the top.
        if (_since is not { } since || !result.TryGetProperty("recovered", out var recovered) || !recovered.GetBoolean())
            return;

        HasResumed = true;
        Position = since;
        if (!result.TryGetProperty("publications", out var publications))
            return;
        foreach (var publication in publications.EnumerateArray())
        {
            Advance(publication, line);
            Recovered++;
        }
    }

    private void OnPush(JsonElement push, byte[] line)
    {
        if (push.TryGetProperty("unsubscribe", out _))
            throw Failure("the end of a subscription", line);
        if (push.TryGetProperty("pub", out var publication) && push.GetProperty("channel").GetString() == _room)
            Advance(publication, line);
    }

    private void Advance(JsonElement publication, byte[] line)
    {
        if (Position is not { } position || OffsetOf(publication) != position.Offset + 1)
            throw Failure($"not the publication behind {Position?.Offset}", line);
        Position = position with { Offset = position.Offset + 1 };
    }

    private static ulong OffsetOf(JsonElement element) => element.TryGetProperty("offset", out var offset) ? offset.GetUInt64() : 0;

    private LoadTestException Failure(string what, byte[] line) => new($"a client of {_room} got {what}: {Encoding.UTF8.GetString(line)}");
}
