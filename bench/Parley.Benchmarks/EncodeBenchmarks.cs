using System.Buffers;
using BenchmarkDotNet.Attributes;
using Parley.Protocol.Centrifuge;

namespace Parley.Benchmarks;

/// <summary>What the server says to bytes.</summary>
[MemoryDiagnoser]
public class EncodeBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly Reply _publishResult = new() { Id = 3, Publish = new PublishResult() };

    private readonly Reply _publication = new()
    {
        Push = new Push
        {
            Channel = "news:sport",
            Pub = new Protocol.Centrifuge.Publication { Data = Formats.Payload, Offset = 18 },
        },
    };

    private readonly Reply _subscribeResult = new()
    {
        Id = 2,
        Subscribe = new SubscribeResult { Recoverable = true, Positioned = true, Epoch = "kQxT", Offset = 17 },
    };

    private CentrifugeCodec _codec = CentrifugeCodec.Json;

    [Params("json", "protobuf")]
    public string Format { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _codec = Formats.Find(Format);

    [Benchmark]
    public int Publication() => Write(_publication);

    [Benchmark]
    public int PublishResult() => Write(_publishResult);

    [Benchmark]
    public int SubscribeResult() => Write(_subscribeResult);

    private int Write(Reply reply)
    {
        _output.ResetWrittenCount();
        _codec.WriteReply(_output, reply);
        return _output.WrittenCount;
    }
}
