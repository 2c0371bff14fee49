using BenchmarkDotNet.Attributes;
using Parley.Protocol.Centrifuge;

namespace Parley.Benchmarks;

/// <summary>Bytes of a client to a command.</summary>
[MemoryDiagnoser]
public class DecodeBenchmarks
{
    private CentrifugeCodec _codec = CentrifugeCodec.Json;
    private ReadOnlyMemory<byte> _pong;
    private ReadOnlyMemory<byte> _subscribe;
    private ReadOnlyMemory<byte> _publish;

    [Params("json", "protobuf")]
    public string Format { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _codec = Formats.Find(Format);
        _pong = Formats.Encode(_codec, new Command());
        _subscribe = Formats.Encode(_codec, new Command { Id = 2, Subscribe = new SubscribeRequest { Channel = "news:sport", Recover = true, Epoch = "kQxT", Offset = 17 } });
        _publish = Formats.Encode(_codec, new Command { Id = 3, Publish = new PublishRequest { Channel = "news:sport", Data = Formats.Payload } });
    }

    [Benchmark]
    public Command? Pong() => Read(_pong);

    [Benchmark]
    public Command? Subscribe() => Read(_subscribe);

    [Benchmark]
    public Command? Publish() => Read(_publish);

    private Command? Read(ReadOnlyMemory<byte> frame)
    {
        _codec.ReadCommand(ref frame, out var command);
        return command;
    }
}
