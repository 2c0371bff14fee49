using BenchmarkDotNet.Attributes;
using Parley.AspNetCore.Protocols.Centrifuge;
using Parley.AspNetCore.Transports.WebSockets;
using Parley.Protocol.Centrifuge;
using Parley.Sessions;

namespace Parley.Benchmarks;

/// <summary>A client that comes back and gets what it missed: subscribe, recovery from history, unsubscribe.</summary>
[MemoryDiagnoser]
public class RecoverBenchmarks
{
    private BenchNode? _node;
    private Session? _session;
    private StreamPosition _since;

    [Params(0, 10, BenchNode.History)]
    public int Missed { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _node = await BenchNode.StartAsync(hasHistory: true);
        _session = await _node.ConnectAsync(new CentrifugeFormat(CentrifugeCodec.Json, WebSocketFraming.Text));
        _since = _node.Publish();
        for (var i = 0; i < Missed; i++)
            _node.Publish();
    }

    [GlobalCleanup]
    public void Cleanup() => _node?.Dispose();

    [Benchmark]
    public async Task<int> Resubscribe()
    {
        var subscription = await BenchNode.SubscribeAsync(_session!, _since);
        var recovered = subscription.Result.Publications.Count;
        await _session!.UnsubscribeAsync(BenchNode.Channel);
        return recovered;
    }
}
