using System.Buffers;
using Parley.Protocol.Centrifuge;

namespace Parley.Benchmarks;

/// <summary>The encodings that codec benchmarks run with, and samples of what is sent in them.</summary>
internal static class Formats
{
    public static readonly byte[] Payload = [.. "{\"m\":\""u8, .. Enumerable.Repeat((byte)'x', 120), .. "\"}"u8];

    public static CentrifugeCodec Find(string name) => name == CentrifugeCodec.Json.Name ? CentrifugeCodec.Json : CentrifugeCodec.Protobuf;

    /// <summary>One message of commands.</summary>
    public static byte[] Encode(CentrifugeCodec codec, params ReadOnlySpan<Command> commands)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var command in commands)
        {
            if (output.WrittenCount > 0 && !codec.IsBinary)
                output.Write("\n"u8);
            codec.WriteCommand(output, command);
        }

        return output.WrittenSpan.ToArray();
    }
}
