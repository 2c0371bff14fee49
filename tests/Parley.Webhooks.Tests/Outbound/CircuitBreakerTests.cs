using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Outbound.Lanes;

namespace Parley.Webhooks.Tests.Outbound;

public sealed class CircuitBreakerTests
{
    private const int FailuresToOpen = 20;

    private readonly FakeTimeProvider _time = new();
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new CircuitBreaker(_time);

    [Fact]
    public void Failures_of_requests_that_were_under_way_when_it_opened_do_not_lengthen_its_pause()
    {
        Assert.Equal([.. Enumerable.Repeat(false, FailuresToOpen - 1), true], Enumerable.Range(0, FailuresToOpen).Select(_ => Fail()));

        for (var straggler = 0; straggler < 10; straggler++)
            Fail();

        Assert.Equal(TimeSpan.FromSeconds(30), _breaker.Pause);
    }

    [Fact]
    public void One_request_goes_after_each_pause_and_each_that_fails_doubles_it_up_to_a_quarter_of_an_hour()
    {
        Open();
        foreach (var seconds in new[] { 30, 60, 120, 240, 480, 900, 900 })
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), _breaker.TryEnter(out _));
            _time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(TimeSpan.Zero, _breaker.TryEnter(out var isProbe));
            Assert.True(isProbe);
            Assert.Null(_breaker.TryEnter(out _));
            _breaker.Leave(DeliveryError.Timeout, wasSent: true, isProbe);
        }
    }

    [Fact]
    public void A_straggler_is_not_taken_for_the_probe()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, _breaker.TryEnter(out _));

        Fail();

        Assert.Null(_breaker.TryEnter(out _));
    }

    [Fact]
    public void One_success_closes_it()
    {
        Open();

        _breaker.Leave(null, wasSent: true, isProbe: false);

        Assert.False(_breaker.IsOpen);
        Assert.Equal(TimeSpan.Zero, _breaker.TryEnter(out var isProbe));
        Assert.False(isProbe);
    }

    [Fact]
    public void Behind_the_success_that_closes_it_few_go_at_once_and_one_more_for_each_that_succeeds()
    {
        Assert.Equal(int.MaxValue, _breaker.AtOnce);
        Open();

        var allowed = new List<int>();
        foreach (var isWell in new[] { true, true, true, true, false, true })
        {
            _breaker.Leave(isWell ? null : DeliveryError.Timeout, wasSent: true, isProbe: false);
            allowed.Add(_breaker.AtOnce);
        }

        Assert.Equal([2, 3, 4, 5, 2, 3], allowed);
        for (var count = 0; count < 1_000; count++)
            _breaker.Leave(null, wasSent: true, isProbe: false);
        Assert.Equal(int.MaxValue, _breaker.AtOnce);
    }

    [Fact]
    public void An_endpoint_that_its_owner_has_changed_is_another()
    {
        Open();
        _breaker.Leave(null, wasSent: true, isProbe: false);

        _breaker.Reset();

        Assert.Equal(int.MaxValue, _breaker.AtOnce);
    }

    [Fact]
    public void An_endpoint_that_asks_for_time_gets_it_and_is_no_iller_for_it()
    {
        Open();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, _breaker.TryEnter(out var isProbe));
        _breaker.Hold(TimeSpan.FromSeconds(7));
        _breaker.Leave(DeliveryError.Status, wasSent: false, isProbe);

        Assert.Equal(TimeSpan.FromSeconds(7), _breaker.TryEnter(out _));
        _time.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal(TimeSpan.Zero, _breaker.TryEnter(out isProbe));
        Assert.True(isProbe);
        Assert.Equal(TimeSpan.FromSeconds(30), _breaker.Pause);
    }

    [Fact]
    public void Of_two_times_that_it_asks_for_the_longer_counts_also_when_another_request_succeeds()
    {
        _breaker.Hold(TimeSpan.FromSeconds(60));
        _breaker.Hold(TimeSpan.FromSeconds(5));
        _breaker.Leave(null, wasSent: true, isProbe: false);

        Assert.Equal(TimeSpan.FromSeconds(60), _breaker.TryEnter(out _));
        _breaker.Reset();
        Assert.Equal(TimeSpan.Zero, _breaker.TryEnter(out _));
    }

    private void Open()
    {
        for (var count = 0; count < FailuresToOpen; count++)
            Fail();
    }

    private bool Fail()
    {
        _breaker.Leave(DeliveryError.Timeout, wasSent: true, isProbe: false);
        return _breaker.IsOpen;
    }
}
