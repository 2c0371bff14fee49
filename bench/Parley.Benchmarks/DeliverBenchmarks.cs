using BenchmarkDotNet.Attributes;

namespace Parley.Benchmarks;

/// <summary>A publication from the broker to the outbound queues of all subscribers, frame included.</summary>
[MemoryDiagnoser]
public class DeliverBenchmarks
{
    private BenchNode? _node;

    [Params(1, 10, 1000)]
    public int Subscribers { get; set; }

    [Params(false, true)]
    public bool History { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _node = await BenchNode.StartAsync(History);
        for (var i = 0; i < Subscribers; i++)
            await BenchNode.SubscribeAsync(await _node.ConnectAsync(_node.Json));
    }

    [GlobalCleanup]
    public void Cleanup() => _node?.Dispose();

    [Benchmark]
    public ulong Publish() => _node!.Publish().Offset;
}
