using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Parley.Protocol.Centrifuge.Schema;

namespace Parley.Protocol.Centrifuge.Protobuf;

/// <summary>The protocol in Protocol Buffers.</summary>
internal sealed class ProtobufCodec : CentrifugeCodec
{
    public override string Name => "protobuf";

    public override bool IsBinary => true;

    public override CommandStatus ReadCommand(ref ReadOnlyMemory<byte> frame, out Command? command)
    {
        command = null;
        if (frame.IsEmpty) return CommandStatus.End;
        var isRead = TryReadDelimited<Command, CommandSchema>(ref frame, out command);
        return isRead ? CommandStatus.Command : CommandStatus.Invalid;
    }

    public override bool TryReadPublish(ref ReadOnlyMemory<byte> frame, out PublishCommand command)
    {
        var isRead = new ProtobufPublishReader(frame).TryRead(out command, out var length);
        if (isRead)
            frame = frame[length..];
        return isRead;
    }

    public override ReplyStatus ReadReply(ref ReadOnlyMemory<byte> frame, out Reply? reply)
    {
        reply = null;
        if (frame.IsEmpty) return ReplyStatus.End;
        var isRead = TryReadDelimited<Reply, ReplySchema>(ref frame, out reply);
        return isRead ? ReplyStatus.Reply : ReplyStatus.Invalid;
    }

    public override bool TryReadConnectRequest(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out ConnectRequest? request) =>
        new ProtobufReader(body).TryReadAll<ConnectRequest, ConnectRequestSchema>(out request);

    public override bool TryReadEmulationRequest(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out EmulationRequest? request) =>
        new ProtobufReader(body).TryReadAll<EmulationRequest, EmulationRequestSchema>(out request);

    public override void WriteReply(IBufferWriter<byte> output, Reply reply) =>
        new ProtobufWriter().Delimited<Reply, ReplySchema>(output, reply);

    public override void WritePush(IBufferWriter<byte> output, Push push) =>
        new ProtobufWriter().Delimited<Push, PushSchema>(output, push);

    internal override void WriteForSubscribeResult(IBufferWriter<byte> output, Publication publication) =>
        new ProtobufWriter().Item<Publication, PublicationSchema>(output, SubscribeResultSchema.PublicationsNumber, publication);

    public override void WriteCommand(IBufferWriter<byte> output, Command command) =>
        new ProtobufWriter().Delimited<Command, CommandSchema>(output, command);

    public override void WriteEmulationRequest(IBufferWriter<byte> output, EmulationRequest request) =>
        new ProtobufWriter().All<EmulationRequest, EmulationRequestSchema>(output, request);

    private static bool TryReadDelimited<T, TSchema>(ref ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out T? message)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        var reader = new ProtobufReader(bytes);
        if (!reader.TryReadDelimited<T, TSchema>(out message, out var length)) return false;
        bytes = bytes[length..];
        return true;
    }
}
