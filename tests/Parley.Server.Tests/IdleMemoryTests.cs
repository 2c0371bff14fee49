using Parley.Server.Hosting;

namespace Parley.Server.Tests;

public sealed class IdleMemoryTests
{
    private const long Mebibyte = 1024 * 1024;

    private readonly IdleMemory _memory = new(TimeProvider.System);

    [Fact]
    public void IsDue_AfterABurst_OnceWhenItIsOver()
    {
        Assert.False(_memory.IsDue(100 * Mebibyte));
        Assert.False(_memory.IsDue(200 * Mebibyte));
        Assert.True(_memory.IsDue(200 * Mebibyte + 1));
        Assert.False(_memory.IsDue(200 * Mebibyte + 2));
    }

    [Fact]
    public void IsDue_IdleWithLittleToGain_Never()
    {
        for (var tick = 1; tick <= 20; tick++)
            Assert.False(_memory.IsDue(tick * Mebibyte / 2));
    }
}
