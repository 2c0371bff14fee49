using CsCheck;
using Parley.Timing;

namespace Parley.Tests.Timing;

/// <summary>Random operations against the plainest thing that keeps time: a list of what is due when.</summary>
public sealed class TimerWheelModelTests
{
    private const int Entries = 12;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private enum Kind { Schedule, Cancel, Advance, Freeze }

    // Most delays lie around the ticks and the turns of the wheel, where mistakes would be.
    private static readonly Gen<int> Milliseconds = Gen.OneOf(
        Gen.Int[0, 1_000], Gen.Int[0, 40].Select(n => n * 250), Gen.Int[127_000, 129_500], Gen.Int[0, 600_000]);

    private static readonly Gen<(Kind Kind, int Entry, int Milliseconds)[]> Operations = Gen.Select(
        Gen.Frequency(
            (5, Gen.Const(Kind.Schedule)), (1, Gen.Const(Kind.Cancel)), (3, Gen.Const(Kind.Advance)), (1, Gen.Const(Kind.Freeze))),
        Gen.Int[0, Entries - 1],
        Milliseconds).Array[1, 60];

    [Fact]
    public void Entries_are_called_as_a_sorted_list_would_call_them() => Operations.Sample(Run, iter: 500);

    private static void Run((Kind Kind, int Entry, int Milliseconds)[] operations)
    {
        var time = new SteppedTimeProvider();
        using var wheel = new TimerWheel(time, Tick);
        var due = new DateTimeOffset?[Entries];
        var wasFrozen = false;
        var entries = new RecordingEntry[Entries];
        for (var i = 0; i < Entries; i++)
        {
            var number = i;
            entries[i] = new RecordingEntry(time, () =>
            {
                var expected = due[number] ?? throw new InvalidOperationException($"{number} was called without being scheduled");
                Assert.True(time.GetUtcNow() >= expected, $"{number} was called early");
                Assert.True(wasFrozen || time.GetUtcNow() <= expected + Tick, $"{number} was called late");
                due[number] = null;
            });
        }

        foreach (var (kind, entry, milliseconds) in operations)
        {
            var duration = TimeSpan.FromMilliseconds(milliseconds);
            switch (kind)
            {
                case Kind.Schedule:
                    wheel.Schedule(entries[entry], duration);
                    due[entry] = time.GetUtcNow() + duration;
                    break;
                case Kind.Cancel:
                    Assert.Equal(due[entry] is not null, wheel.Cancel(entries[entry]));
                    due[entry] = null;
                    break;
                case Kind.Advance:
                    time.Advance(duration);
                    break;
                case Kind.Freeze:
                    wasFrozen = true;
                    time.Freeze(duration);
                    time.Advance(Tick);
                    wasFrozen = false;
                    break;
            }

            Assert.Equal(due.Count(d => d is not null), wheel.Count);
            Assert.All(due, d => Assert.False(d + Tick <= time.GetUtcNow(), "an entry was forgotten"));
        }
    }
}
