using System.Globalization;
using Parley.AspNetCore.Protocols.Centrifuge;
using Parley.Protocol.Centrifuge;

namespace Parley.Benchmarks;

/// <summary>What it costs when many clients come back to one channel at once, each to get what it missed.</summary>
internal static class RecoveryCost
{
    private const int Clients = 1000;
    private const int Rounds = 30;

    public static async Task<int> RunAsync()
    {
        foreach (var isWarm in new[] { false, true })
        {
            foreach (var codec in new[] { CentrifugeCodec.Json, CentrifugeCodec.Protobuf })
            {
                foreach (var missed in new[] { 0, 1, 10, 100 })
                    Print(isWarm, codec, missed, isBusy: false, await MeasureAsync(codec, missed, isBusy: false));
                Print(isWarm, codec, 100, isBusy: true, await MeasureAsync(codec, 100, isBusy: true));
            }
        }

        return 0;
    }

    /// <param name="codec">The format of the clients.</param>
    /// <param name="missed">How many publications each of them missed.</param>
    /// <param name="isBusy">Whether a publication comes between every two clients; each then missed another part.</param>
    private static async Task<(double Cpu, long Bytes)> MeasureAsync(CentrifugeCodec codec, int missed, bool isBusy)
    {
        using var node = await BenchNode.StartAsync(hasHistory: true);
        await BenchNode.SubscribeAsync(await node.ConnectAsync(node.Json)); // somebody who has been there all the time
        var clients = new CentrifugeHandler[Clients];
        for (var i = 0; i < Clients; i++)
            clients[i] = await BenchHandler.ConnectAsync(node, codec);
        for (var i = 0; i < BenchNode.History; i++)
            Publish(node);

        var cpu = double.MaxValue;
        var bytes = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var commands = new byte[Clients][];
            for (var i = 0; i < Clients; i++)
                commands[i] = RecoverAndLeave(node, codec, isBusy ? missed - i - 1 - (i % 10) : missed);

            var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            var cpuBefore = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < Clients; i++)
            {
                if (isBusy)
                    Publish(node);
                await clients[i].ReceiveAsync(commands[i]);
            }

            cpu = Math.Min(cpu, (Environment.CpuUsage.TotalTime - cpuBefore).TotalMicroseconds / Clients);
            bytes = Math.Min(bytes, (GC.GetAllocatedBytesForCurrentThread() - allocatedBefore) / Clients);
        }

        return (cpu, bytes);
    }

    private static void Print(bool isWarm, CentrifugeCodec codec, int missed, bool isBusy, (double Cpu, long Bytes) cost)
    {
        if (!isWarm)
            return; // the first time, much of it ran in code that was not optimised yet
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{codec.Name}, {missed} missed{(isBusy ? ", one published between every two clients" : "")}: {cost.Cpu:F1} us, {cost.Bytes} B"));
    }

    /// <summary>Each with bytes of its own, as those that came in.</summary>
    private static void Publish(BenchNode node) => node.Publish(Formats.Payload.ToArray());

    private static byte[] RecoverAndLeave(BenchNode node, CentrifugeCodec codec, int missed) => Formats.Encode(
        codec,
        new Command
        {
            Id = 2,
            Subscribe = new SubscribeRequest
            {
                Channel = BenchNode.Channel,
                Recover = true,
                Epoch = node.Top.Epoch,
                Offset = (ulong)((long)node.Top.Offset - missed),
            },
        },
        new Command { Id = 3, Unsubscribe = new UnsubscribeRequest { Channel = BenchNode.Channel } });
}
