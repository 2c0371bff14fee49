using System.Buffers;
using Parley.AspNetCore.Transports;
using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>One encoding of the Centrifuge protocol in one transport's framing.</summary>
/// <param name="codec">The encoding.</param>
/// <param name="framing">The transport's framing.</param>
/// <param name="isUnidirectional">Whether clients get pushes alone, not wrapped in replies.</param>
internal sealed class CentrifugeFormat(Wire.CentrifugeCodec codec, TransportFraming framing, bool isUnidirectional = false) : WireFormat
{
    // Larger messages are rare; keeping their buffer would pin its size to the thread for ever.
    private const int MaxKeptBuffer = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public override string Name => codec.Name;

    public Wire.CentrifugeCodec Codec => codec;

    /// <summary>Frame of an answer to a command.</summary>
    public Frame Reply(Wire.Reply reply) => Write(reply, static (codec, buffer, reply) => codec.WriteReply(buffer, reply));

    /// <summary>Frame of the answer to a publish command that was carried out.</summary>
    public Frame PublishReply(uint id)
    {
        var scratch = WireScratch.Take();
        scratch.PublishReply.Id = id;
        var frame = Reply(scratch.PublishReply);
        scratch.Return();
        return frame;
    }

    /// <summary>Frame of a push, as clients of this format get it.</summary>
    public Frame Push(Wire.Push push) => isUnidirectional
        ? Write(push, static (codec, buffer, push) => codec.WritePush(buffer, push))
        : Reply(new Wire.Reply { Push = push });

    /// <summary>Frame that ends a connection on a transport without close frames.</summary>
    public Frame Disconnect(DisconnectReason reason) =>
        Push(new Wire.Push { Disconnect = new Wire.Disconnect { Code = reason.Code, Reason = reason.Reason } });

    private Frame Write<T>(T message, Action<Wire.CentrifugeCodec, ArrayBufferWriter<byte>, T> write)
    {
        var buffer = Interlocked.Exchange(ref _buffer, null) ?? new ArrayBufferWriter<byte>(512);
        write(codec, buffer, message);
        var frame = framing.Create(buffer.WrittenSpan);
        if (buffer.Capacity <= MaxKeptBuffer)
        {
            buffer.ResetWrittenCount();
            _buffer = buffer;
        }

        return frame;
    }

    public override Frame? Publication(string channel, Publication publication)
    {
        if (!codec.IsBinary && !publication.IsKnownJson && !Wire.JsonPayload.IsValid(publication.Data.Span))
            return null;
        var scratch = WireScratch.Take();
        var push = scratch.Push;
        push.Channel = channel;
        Fill(push.Pub!, publication, scratch.Info);
        var frame = isUnidirectional ? Push(push) : Reply(scratch.PushReply);
        scratch.Return();
        return frame;
    }

    public override Frame Join(string channel, ClientInfo info) =>
        Push(new Wire.Push { Channel = channel, Join = new Wire.Join { Info = ToWire(info) } });

    public override Frame Leave(string channel, ClientInfo info) =>
        Push(new Wire.Push { Channel = channel, Leave = new Wire.Leave { Info = ToWire(info) } });

    public override Frame Unsubscribe(string channel, UnsubscribeReason reason) =>
        Push(new Wire.Push { Channel = channel, Unsubscribe = new Wire.Unsubscribe { Code = reason.Code, Reason = reason.Reason } });

    public override Frame Subscribe(string channel, SubscribeResult result) => Push(new Wire.Push
    {
        Channel = channel,
        Subscribe = new Wire.Subscribe
        {
            Recoverable = result.IsRecoverable,
            Positioned = result.IsPositioned,
            Offset = result.Position.Offset,
            Epoch = result.Position.Epoch,
            Data = Embeddable(result.Data),
        },
    });

    public override Frame Refresh(bool expires, uint ttl) =>
        Push(new Wire.Push { Refresh = new Wire.Refresh { Expires = expires, Ttl = ttl } });

    public Wire.SubscribeResult ToWire(SubscribeResult result) => new()
    {
        Expires = result.Expires,
        Ttl = result.Ttl,
        Recoverable = result.IsRecoverable,
        Positioned = result.IsPositioned,
        Epoch = result.Position.Epoch,
        Offset = result.Position.Offset,
        WasRecovering = result.WasRecovering,
        Recovered = result.Recovered,
        Publications = result.Publications.Count == 0 ? null : [.. result.Publications.Select(ToWireInResult)],
        Data = Embeddable(result.Data),
    };

    /// <summary>The subscriptions that come with a connect; null when there are none.</summary>
    public Dictionary<string, Wire.SubscribeResult>? ToWire(IReadOnlyDictionary<string, SubscribeResult> subscriptions) =>
        subscriptions.Count == 0 ? null : subscriptions.ToDictionary(static pair => pair.Key, pair => ToWire(pair.Value));

    /// <summary>A publication in a result, which tells the epoch once for all.</summary>
    public Wire.Publication ToWireInResult(Publication publication)
    {
        var wire = ToWire(publication);
        wire.Epoch = "";
        return wire;
    }

    public Wire.ClientInfo ToWire(ClientInfo info) => Fill(new Wire.ClientInfo(), info);

    /// <summary>Whether everything that a connect brings can be said in this encoding.</summary>
    public bool CanSay(ConnectResult result) =>
        result.Subscriptions.Values.All(subscription => CanSay(subscription.Publications));

    /// <summary>Whether all publications of a result can be said in this encoding.</summary>
    public bool CanSay(IReadOnlyList<Publication> publications) =>
        codec.IsBinary || publications.All(static publication => Wire.JsonPayload.IsValid(publication.Data.Span));

    private Wire.Publication ToWire(Publication publication)
    {
        var wire = new Wire.Publication();
        Fill(wire, publication, publication.Info is null ? null : new Wire.ClientInfo());
        return wire;
    }

    private void Fill(Wire.Publication wire, Publication publication, Wire.ClientInfo? info)
    {
        wire.Data = publication.Data;
        wire.Info = publication.Info is { } from ? Fill(info!, from) : null;
        wire.Offset = publication.Offset;
        // A client that subscribed before the stream existed learns its epoch from the first publication.
        wire.Epoch = publication.Offset == 1 ? publication.Epoch : "";
        wire.Tags = publication.Tags;
        wire.Version = publication.Version;
    }

    private Wire.ClientInfo Fill(Wire.ClientInfo wire, ClientInfo info)
    {
        wire.User = info.User;
        wire.Client = info.Client;
        wire.ConnInfo = Embeddable(info.ConnectionInfo);
        wire.ChanInfo = Embeddable(info.ChannelInfo);
        return wire;
    }

    /// <summary>What of an application's own bytes can be embedded: in JSON, only JSON.</summary>
    private ReadOnlyMemory<byte> Embeddable(ReadOnlyMemory<byte> bytes) =>
        codec.IsBinary || bytes.IsEmpty || Wire.JsonPayload.IsValid(bytes.Span) ? bytes : default;
}
