using System.Buffers;
using Parley.AspNetCore.Protocols.Centrifuge.Recovery;
using Parley.AspNetCore.Transports;
using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>One encoding of the Centrifuge protocol in one transport's framing.</summary>
/// <param name="codec">The encoding.</param>
/// <param name="framing">The transport's framing.</param>
/// <param name="recovery">What clients that come back get.</param>
/// <param name="isUnidirectional">Whether clients get pushes alone, not wrapped in replies.</param>
internal sealed class CentrifugeFormat(
    Wire.CentrifugeCodec codec, TransportFraming framing, RecoveryCache recovery, bool isUnidirectional = false) : WireFormat
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
        if (!codec.CanSay(publication))
            return null;
        var scratch = WireScratch.Take();
        var push = scratch.Push;
        push.Channel = channel;
        codec.Fill(push.Pub!, publication, scratch.Info);
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
            Data = codec.Embeddable(result.Data),
        },
    });

    public override Frame Refresh(bool expires, uint ttl) =>
        Push(new Wire.Push { Refresh = new Wire.Refresh { Expires = expires, Ttl = ttl } });

    /// <summary>What a client is told of a subscription; null when something that it missed cannot be said in this encoding.</summary>
    public Wire.SubscribeResult? ToWire(string channel, SubscribeResult result) => TryWrite(channel, result, out var publications)
        ? new Wire.SubscribeResult
        {
            Expires = result.Expires,
            Ttl = result.Ttl,
            Recoverable = result.IsRecoverable,
            Positioned = result.IsPositioned,
            Epoch = result.Position.Epoch,
            Offset = result.Position.Offset,
            WasRecovering = result.WasRecovering,
            Recovered = result.Recovered,
            WrittenPublications = publications,
            Data = codec.Embeddable(result.Data),
        }
        : null;

    /// <summary>The subscriptions that come with a connect.</summary>
    /// <param name="subscriptions">What clients are told of them.</param>
    /// <param name="wire">Null when there are none.</param>
    /// <returns>False when something in them cannot be said in this encoding.</returns>
    public bool TryToWire(IReadOnlyDictionary<string, SubscribeResult> subscriptions, out Dictionary<string, Wire.SubscribeResult>? wire)
    {
        wire = null;
        foreach (var (channel, result) in subscriptions)
        {
            if (ToWire(channel, result) is not { } said)
                return false;
            (wire ??= []).Add(channel, said);
        }

        return true;
    }

    /// <summary>Publications that a client asked for, in a result that tells the epoch once for all; null when one cannot be said.</summary>
    public Wire.Publication[]? ToWire(IReadOnlyList<Publication> publications)
    {
        var wire = new Wire.Publication[publications.Count];
        for (var i = 0; i < wire.Length; i++)
        {
            if (!codec.CanSay(publications[i]))
                return null;
            wire[i] = new Wire.Publication();
            codec.Fill(wire[i], publications[i], publications[i].Info is null ? null : new Wire.ClientInfo());
            wire[i].Epoch = "";
        }

        return wire;
    }

    public Wire.ClientInfo ToWire(ClientInfo info) => codec.Fill(new Wire.ClientInfo(), info);

    private bool TryWrite(string channel, SubscribeResult result, out ReadOnlyMemory<byte> written)
    {
        written = default;
        if (result.Publications.Count == 0)
            return true;
        return result.IsShared
            ? recovery.TryWrite(codec, channel, result.Publications, out written)
            : RecoveryCache.TryWriteAlone(codec, result.Publications, out written);
    }
}
