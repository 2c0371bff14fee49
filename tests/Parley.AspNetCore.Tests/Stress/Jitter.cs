namespace Parley.AspNetCore.Tests.Stress;

/// <summary>Gives other threads a turn now and then, where that is dangerous.</summary>
internal sealed class Jitter(int seed)
{
    [ThreadStatic]
    private static uint _turn;

    public void Take()
    {
        var number = (++_turn ^ (uint)seed) * 2654435761u;
        if (number >> 27 == 0)
            Thread.Yield();
        else if (number >> 27 == 1)
            Thread.SpinWait(200);
    }
}
