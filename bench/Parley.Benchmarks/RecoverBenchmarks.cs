using BenchmarkDotNet.Attributes;
using Parley.AspNetCore.Protocols.Centrifuge;
using Parley.Protocol.Centrifuge;

namespace Parley.Benchmarks;

/// <summary>A client that comes back and gets what it missed, from its command to the frame of the reply; and leaves.</summary>
[MemoryDiagnoser]
public class RecoverBenchmarks
{
    private BenchNode? _node;
    private CentrifugeHandler? _handler;
    private byte[] _commands = [];

    [Params("json", "protobuf")]
    public string Format { get; set; } = "";

    [Params(0, 10, 100)]
    public int Missed { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var codec = Formats.Find(Format);
        _node = await BenchNode.StartAsync(hasHistory: true);
        await BenchNode.SubscribeAsync(await _node.ConnectAsync(_node.Json)); // somebody who has been there all the time
        _handler = await BenchHandler.ConnectAsync(_node, codec);
        var since = _node.Publish();
        for (var i = 0; i < Missed; i++)
            _node.Publish();
        _commands = Formats.Encode(
            codec,
            new Command
            {
                Id = 2,
                Subscribe = new SubscribeRequest { Channel = BenchNode.Channel, Recover = true, Epoch = since.Epoch, Offset = since.Offset },
            },
            new Command { Id = 3, Unsubscribe = new UnsubscribeRequest { Channel = BenchNode.Channel } });
    }

    [GlobalCleanup]
    public void Cleanup() => _node?.Dispose();

    [Benchmark]
    public Task Recover() => _handler!.ReceiveAsync(_commands).AsTask();
}
