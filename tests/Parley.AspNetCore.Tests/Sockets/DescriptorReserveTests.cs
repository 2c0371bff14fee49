using Parley.AspNetCore.Sockets;

namespace Parley.AspNetCore.Tests.Sockets;

public sealed class DescriptorReserveTests
{
    [Theory]
    [InlineData(1024, 959, false)]
    [InlineData(1024, 960, true)]
    [InlineData(1_048_576, 1_048_511, false)]
    [InlineData(1_048_576, 1_048_512, true)]
    [InlineData(256, 223, false)]
    [InlineData(256, 224, true)]
    [InlineData(long.MaxValue, int.MaxValue, false)]
    public void LastDescriptors_AreKept_AtMostAnEighth(long limit, int descriptor, bool isKept)
    {
        var reserve = new DescriptorReserve(() => limit);

        Assert.Equal((isKept, limit), (reserve.Has(descriptor, out var known), known));
    }

    [Fact]
    public void Limit_IsThatOfTheProcess()
    {
        Assert.False(new DescriptorReserve().Has(0, out var limit));

        var line = File.ReadLines("/proc/self/limits").Single(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        Assert.Equal(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], limit == long.MaxValue ? "unlimited" : $"{limit}");
    }
}
