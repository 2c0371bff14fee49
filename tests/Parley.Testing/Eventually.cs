namespace Parley.Testing;

/// <summary>Waits for states that nothing announces. Where there is an event, wait for the event.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until the answer is as expected.</summary>
    /// <param name="ask">Has no effect on what it asks for.</param>
    /// <param name="isExpected">Judges the answer.</param>
    /// <returns>The expected answer.</returns>
    /// <exception cref="TimeoutException">It did not become so within <see cref="Patience.Limit"/>; the last answer is in the message.</exception>
    public static async Task<T> BecomesAsync<T>(Func<Task<T>> ask, Predicate<T> isExpected)
    {
        using var timer = new PeriodicTimer(Interval);
        var deadline = DateTime.UtcNow + Patience.Limit;
        while (true)
        {
            var answer = await ask();
            if (isExpected(answer))
                return answer;
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"It did not become as expected; the last answer was: {answer}");
            await timer.WaitForNextTickAsync();
        }
    }
}
