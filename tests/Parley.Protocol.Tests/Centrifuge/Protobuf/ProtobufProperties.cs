using Parley.Protocol.Centrifuge;

namespace Parley.Protocol.Tests.Centrifuge.Protobuf;

public sealed class ProtobufProperties : CodecProperties
{
    protected override CentrifugeCodec Codec => CentrifugeCodec.Protobuf;

    protected override IEnumerable<byte[]> ValidFrames => [.. ProtobufVectors.Commands.Values, .. ProtobufVectors.Replies.Values];

    protected override byte[] Alphabet { get; } = [0x00, 0x01, 0x02, 0x08, 0x0A, 0x12, 0x2A, 0x32, 0x7F, 0x80, 0xFF];
}
