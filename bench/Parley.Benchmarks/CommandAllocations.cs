using System.Globalization;
using Parley.AspNetCore.Protocols.Centrifuge;
using Parley.Protocol.Centrifuge;

namespace Parley.Benchmarks;

/// <summary>Shows what a client's command allocates beside what a publication is: its payload, and its frame.</summary>
internal static class CommandAllocations
{
    private const int Commands = 10_000;

    /// <summary>Bytes that a command may take.</summary>
    private const long Most = 256;

    public static async Task<bool> RunAsync() =>
        await RunAsync(static node => node.Json) & await RunAsync(static node => node.Protobuf);

    private static async Task<bool> RunAsync(Func<BenchNode, CentrifugeFormat> formatOf)
    {
        using var node = await BenchNode.StartAsync(hasHistory: false);
        var format = formatOf(node);
        var codec = format.Codec;
        var handler = await BenchHandler.ConnectAsync(node, format);
        await handler.ReceiveAsync(Formats.Encode(codec, new Command { Id = 2, Subscribe = new SubscribeRequest { Channel = BenchNode.Channel } }));
        // As the runtime counts: the object's header and length, rounded up to eight.
        var payload = ArrayBytes(Formats.Payload.Length);
        var frame = ArrayBytes(format.Publication(BenchNode.Channel, new Publication
        {
            Data = Formats.Payload,
            Info = new ClientInfo("", Guid.Empty.ToString()),
        })!.Value.Length);
        var heard = await MeasureAsync(handler, Publish(codec, BenchNode.Channel));
        var unheard = await MeasureAsync(handler, Publish(codec, "news:nobody"));
        var pong = await MeasureAsync(handler, Formats.Encode(codec, new Command()));
        Print($"{codec.Name}: publish that one client hears", heard, heard - payload - frame, $", beside {payload} B of payload and {frame} B of frame");
        Print($"{codec.Name}: publish that nobody hears", unheard, unheard - payload, $", beside {payload} B of payload");
        Print($"{codec.Name}: pong", pong, pong, "");
        return heard - payload - frame <= Most && unheard - payload <= Most && pong <= Most;
    }

    private static long ArrayBytes(int length) => (24 + length + 7) / 8 * 8;

    private static void Print(string what, long bytes, long own, string beside) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {bytes} B, {own} B of its own{beside}"));

    private static byte[] Publish(CentrifugeCodec codec, string channel) =>
        Formats.Encode(codec, new Command { Id = 3, Publish = new PublishRequest { Channel = channel, Data = Formats.Payload } });

    private static async Task<long> MeasureAsync(CentrifugeHandler handler, byte[] message)
    {
        for (var i = 0; i < Commands; i++)
            await handler.ReceiveAsync(message);

        // Nothing here waits, so the thread is the same to the end.
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Commands; i++)
            await handler.ReceiveAsync(message);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Commands;
    }
}
