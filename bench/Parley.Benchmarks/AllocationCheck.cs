using System.Globalization;

namespace Parley.Benchmarks;

/// <summary>Shows that a delivery allocates nothing: a publication costs the same bytes whether 10 or 1,000 sessions get it.</summary>
internal static class AllocationCheck
{
    private const int Publications = 1000;

    public static async Task<int> RunAsync()
    {
        var failed = false;
        foreach (var history in new[] { false, true })
        {
            var few = await MeasureAsync(10, history);
            var many = await MeasureAsync(1000, history);
            failed |= many != few;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"history {(history ? "on" : "off")}: {few} B per publication to 10 sessions, {many} B to 1,000: {(many == few ? "nothing per delivery" : "DIFFERENT")}"));
        }

        return await CommandAllocations.RunAsync() && !failed ? 0 : 1;
    }

    private static async Task<long> MeasureAsync(int subscribers, bool history)
    {
        using var node = await BenchNode.StartAsync(history);
        for (var i = 0; i < subscribers; i++)
            await BenchNode.SubscribeAsync(await node.ConnectAsync(node.Json));

        return Measure(node);
    }

    private static long Measure(BenchNode node)
    {
        for (var i = 0; i < Publications; i++)
            node.Publish(); // what is allocated once, and by code that is not yet optimised, is not counted

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Publications; i++)
            node.Publish();

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Publications;
    }
}
