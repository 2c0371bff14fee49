using Microsoft.Extensions.Time.Testing;
using Parley.AspNetCore.Transports;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Transports;

public sealed class HandshakeLimiterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TryEnter_WithoutLimits_AlwaysSucceeds()
    {
        var limiter = Limiter(new ClientOptions());

        Assert.Equal(1000, Enter(limiter, 1000));
        Assert.Equal(1000, limiter.Connections);
    }

    [Fact]
    public void TryEnter_WhenFull_FailsUntilOneLeaves()
    {
        var limiter = Limiter(new ClientOptions { MaxConnections = 3 });
        Assert.Equal(3, Enter(limiter, 5));

        limiter.Leave();

        Assert.Equal(1, Enter(limiter, 5));
        Assert.Equal(3, limiter.Connections);
    }

    [Fact]
    public void TryEnter_OverTheRate_FailsUntilTheBucketHasFilled()
    {
        var limiter = Limiter(new ClientOptions { HandshakesPerSecond = 10 });
        Assert.Equal(10, Enter(limiter, 20));

        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, Enter(limiter, 20));

        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(0, Enter(limiter, 20));
        _time.Advance(TimeSpan.FromMilliseconds(51)); // the fills before were not lost
        Assert.Equal(1, Enter(limiter, 20));

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(10, Enter(limiter, 20)); // and it holds no more than one second's
    }

    [Fact]
    public void TryEnter_WhenFull_TakesNothingFromTheRate()
    {
        var limiter = Limiter(new ClientOptions { MaxConnections = 1, HandshakesPerSecond = 2 });
        Assert.Equal(1, Enter(limiter, 10));

        limiter.Leave();

        Assert.Equal(1, Enter(limiter, 10));
    }

    [Fact]
    public void TryEnter_WhenRefused_SpreadsTheReturnOverSeconds()
    {
        var limiter = Limiter(new ClientOptions { MaxConnections = 1 });
        Enter(limiter, 1);

        var waits = Enumerable.Range(0, 200).Select(_ => limiter.TryEnter(out var retryAfter) ? TimeSpan.Zero : retryAfter).ToArray();

        Assert.All(waits, static wait => Assert.InRange(wait, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6)));
        Assert.True(waits.Distinct().Count() > 100);
    }

    [Fact]
    public void TryEnter_FromManyThreads_NeverExceedsTheLimit()
    {
        var limiter = Limiter(new ClientOptions { MaxConnections = 5 });
        var most = 0;

        Parallel.For(0, 10_000, _ =>
        {
            if (!limiter.TryEnter(out var _)) return;
            var now = limiter.Connections;
            if (now > Volatile.Read(ref most)) Volatile.Write(ref most, now);
            limiter.Leave();
        });

        Assert.InRange(most, 1, 5);
        Assert.Equal(0, limiter.Connections);
    }

    private static int Enter(HandshakeLimiter limiter, int times) => Enumerable.Range(0, times).Count(_ => limiter.TryEnter(out var _));

    private HandshakeLimiter Limiter(ClientOptions options) => new(options, _time, new Random(7));
}
