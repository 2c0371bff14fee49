using Parley.Webhooks.Outbound;

namespace Parley.Webhooks.Tests.Outbound;

public sealed class RetryScheduleTests
{
    private static readonly int[] Schedule = [5, 300, 1800];

    [Theory]
    [InlineData(0, 0.0, 4.5)]
    [InlineData(0, 0.5, 5)]
    [InlineData(1, 0.5, 300)]
    [InlineData(2, 0.999999, 1980)]
    public void Each_step_has_its_delay_with_a_tenth_of_jitter(int step, double random, double seconds)
    {
        var next = RetrySchedule.Next(Schedule, step, 0, repeatsLast: false, null, random)!.Value;

        Assert.Equal((seconds, step + 1), (Math.Round(next.Delay.TotalSeconds, 2), next.Step));
    }

    [Fact]
    public void A_schedule_ends_or_repeats_its_last_delay()
    {
        Assert.Null(RetrySchedule.Next(Schedule, 3, 0, repeatsLast: false, TimeSpan.FromHours(1), 0.5));
        Assert.Equal(new RetryStep(TimeSpan.FromSeconds(1800), 3, 4), RetrySchedule.Next(Schedule, 3, 4, repeatsLast: true, null, 0.5));
        Assert.Null(RetrySchedule.Next([], 0, 0, repeatsLast: true, null, 0.5));
    }

    [Fact]
    public void A_receiver_that_restarts_and_asks_for_a_second_each_time_does_not_use_the_schedule_up()
    {
        var (elapsed, step, waits, attempts) = (TimeSpan.Zero, 0, 0, 1);
        while (RetrySchedule.Next(Schedule, step, waits, repeatsLast: false, TimeSpan.FromSeconds(1), 0.5) is { } next)
        {
            (elapsed, step, waits, attempts) = (elapsed + next.Delay, next.Step, next.Waits, attempts + 1);
        }

        Assert.Equal((TimeSpan.FromSeconds(10 + 5 + 300 + 1800), 14), (elapsed, attempts));
    }

    [Fact]
    public void A_wait_of_nothing_is_a_second() =>
        Assert.Equal(new RetryStep(TimeSpan.FromSeconds(1), 0, 1), RetrySchedule.Next(Schedule, 0, 0, repeatsLast: false, TimeSpan.Zero, 0.5));

    [Fact]
    public void A_wait_longer_than_the_schedules_is_obeyed_exactly_and_is_a_step() =>
        Assert.Equal(new RetryStep(TimeSpan.FromSeconds(7200), 1, 0), RetrySchedule.Next(Schedule, 0, 0, repeatsLast: false, TimeSpan.FromHours(2), 0.9));
}
