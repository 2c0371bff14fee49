using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Parley.Protocol.Centrifuge.Json;
using Parley.Protocol.Centrifuge.Protobuf;

namespace Parley.Protocol.Centrifuge;

/// <summary>Turns bytes into messages of version 2 of the Centrifuge client protocol and back, in one of its two formats.</summary>
/// <remarks>
/// <para>Thread-safe. Reading never throws: what comes from a stranger is read or is invalid.</para>
/// <para>
/// Byte members of a message that was read (<c>Data</c> and the like) may be slices of the memory they were read from: valid as
/// long as that is. In JSON such a member is one JSON value of at most 64 levels, as it was sent but without line breaks between
/// its tokens; an empty one is an absent one.
/// </para>
/// <para>
/// Byte members are written as they are. For JSON the caller sees to it that they are JSON, see <see cref="JsonPayload"/>; only
/// line breaks are left out, because they would end the message.
/// </para>
/// </remarks>
public abstract class CentrifugeCodec
{
    private protected CentrifugeCodec()
    {
    }

    /// <summary>One JSON object per message, messages separated by a line feed.</summary>
    public static CentrifugeCodec Json { get; } = new JsonCodec();

    /// <summary>Protocol Buffers, each message after its length as a varint.</summary>
    public static CentrifugeCodec Protobuf { get; } = new ProtobufCodec();

    /// <summary><c>json</c> or <c>protobuf</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether frames are bytes rather than UTF-8 text.</summary>
    public abstract bool IsBinary { get; }

    /// <summary>Reads the next command of a frame.</summary>
    /// <param name="frame">Advanced past the command; unchanged unless one was read.</param>
    /// <param name="command">A command without a request and with id 0 is a pong.</param>
    /// <returns><see cref="CommandStatus.End"/> at once for an empty frame, which a server does not accept as one.</returns>
    public abstract CommandStatus ReadCommand(ref ReadOnlyMemory<byte> frame, out Command? command);

    /// <summary>Reads the next command of a frame if it only publishes, in the form in which clients write that, and makes no object for it.</summary>
    /// <param name="frame">Advanced past the command; unchanged unless one was read.</param>
    /// <param name="command">What was read.</param>
    /// <returns>False for anything else, which <see cref="ReadCommand"/> has to look at.</returns>
    public abstract bool TryReadPublish(ref ReadOnlyMemory<byte> frame, out PublishCommand command);

    /// <summary>Reads the next reply of a frame.</summary>
    /// <param name="frame">Advanced past the reply; unchanged unless one was read.</param>
    /// <param name="reply">A reply with nothing set is a ping.</param>
    public abstract ReplyStatus ReadReply(ref ReadOnlyMemory<byte> frame, out Reply? reply);

    /// <summary>Reads the request that opens a unidirectional transport: a bare message, not framed as a command.</summary>
    /// <returns>Whether all of it is one such message.</returns>
    public abstract bool TryReadConnectRequest(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out ConnectRequest? request);

    /// <summary>Reads the body of an emulation request: a bare message, not framed as a command.</summary>
    /// <returns>Whether all of it is one such message.</returns>
    public abstract bool TryReadEmulationRequest(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out EmulationRequest? request);

    /// <summary>Writes a reply: in Protobuf after its length, in JSON without a line feed.</summary>
    public abstract void WriteReply(IBufferWriter<byte> output, Reply reply);

    /// <summary>Writes a push for a unidirectional transport: in Protobuf after its length, in JSON without a line feed.</summary>
    public abstract void WritePush(IBufferWriter<byte> output, Push push);

    /// <summary>Writes a publication as a part of <see cref="SubscribeResult.WrittenPublications"/>: parts stand one behind the other there.</summary>
    internal abstract void WriteForSubscribeResult(IBufferWriter<byte> output, Publication publication);

    /// <summary>Writes a command: in Protobuf after its length, in JSON without a line feed.</summary>
    public abstract void WriteCommand(IBufferWriter<byte> output, Command command);

    /// <summary>Writes the body of an emulation request: a bare message, not framed as a command.</summary>
    public abstract void WriteEmulationRequest(IBufferWriter<byte> output, EmulationRequest request);
}
