using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Parley.Protocol.Centrifuge.Schema;

namespace Parley.Protocol.Centrifuge.Json;

/// <summary>The protocol in JSON.</summary>
internal sealed class JsonCodec : CentrifugeCodec
{
    public override string Name => "json";

    public override bool IsBinary => false;

    public override CommandStatus ReadCommand(ref ReadOnlyMemory<byte> frame, out Command? command)
    {
        command = null;
        if (frame.IsEmpty) return CommandStatus.End;
        var isRead = TryReadLine<Command, CommandSchema>(ref frame, out command);
        return isRead ? CommandStatus.Command : CommandStatus.Invalid;
    }

    public override bool TryReadPublish(ref ReadOnlyMemory<byte> frame, out PublishCommand command)
    {
        if (!new JsonPublishReader(frame).TryRead(out command, out var length)) return false;
        frame = frame[length..];
        return true;
    }

    public override ReplyStatus ReadReply(ref ReadOnlyMemory<byte> frame, out Reply? reply)
    {
        reply = null;
        if (frame.IsEmpty) return ReplyStatus.End;
        var isRead = TryReadLine<Reply, ReplySchema>(ref frame, out reply);
        return isRead ? ReplyStatus.Reply : ReplyStatus.Invalid;
    }

    public override bool TryReadConnectRequest(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out ConnectRequest? request) =>
        TryReadLine<ConnectRequest, ConnectRequestSchema>(ref body, out request) && body.IsEmpty;

    public override bool TryReadEmulationRequest(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out EmulationRequest? request) =>
        TryReadLine<EmulationRequest, EmulationRequestSchema>(ref body, out request) && body.IsEmpty;

    public override void WriteReply(IBufferWriter<byte> output, Reply reply) =>
        new JsonWriter(output).Root<Reply, ReplySchema>(reply);

    public override void WritePush(IBufferWriter<byte> output, Push push) =>
        new JsonWriter(output).Root<Push, PushSchema>(push);

    internal override void WriteForSubscribeResult(IBufferWriter<byte> output, Publication publication) =>
        new JsonWriter(output).Item<Publication, PublicationSchema>(publication);

    public override void WriteCommand(IBufferWriter<byte> output, Command command) =>
        new JsonWriter(output).Root<Command, CommandSchema>(command);

    public override void WriteEmulationRequest(IBufferWriter<byte> output, EmulationRequest request) =>
        new JsonWriter(output).Root<EmulationRequest, EmulationRequestSchema>(request);

    private static bool TryReadLine<T, TSchema>(ref ReadOnlyMemory<byte> text, [NotNullWhen(true)] out T? message)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        var reader = new JsonReader(text);
        if (!reader.TryReadLine<T, TSchema>(out message, out var length)) return false;
        text = text[length..];
        return true;
    }
}
