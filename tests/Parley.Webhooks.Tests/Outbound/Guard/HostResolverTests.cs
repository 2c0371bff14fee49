using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Parley.Testing;
using Parley.Webhooks.Outbound.Guard;

namespace Parley.Webhooks.Tests.Outbound.Guard;

/// <summary>Servers of names that are slow, or silent.</summary>
public sealed class HostResolverTests : IDisposable
{
    private static readonly IPAddress[] Addresses = [IPAddress.Parse("1.1.1.1")];

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly SemaphoreSlim _isAsked = new(0);
    private readonly ManualResetEventSlim _answers = new();
    private readonly HostResolver _resolver;

    public HostResolverTests() => _resolver = new HostResolver(LookUp, _time);

    public void Dispose()
    {
        _answers.Set();
        _isAsked.Dispose();
    }

    [Fact]
    public async Task No_more_names_are_asked_for_at_once_than_there_are_places_and_none_on_a_shared_thread()
    {
        var asking = Enumerable.Range(0, HostResolver.MaxAtOnce + 10).Select(number => AskAsync($"h{number}.example")).ToList();
        for (var count = 0; count < HostResolver.MaxAtOnce; count++)
            await IsAskedAsync();

        Assert.Equal(HostResolver.MaxAtOnce, _asked.Count);
        _answers.Set();
        await Task.WhenAll(asking);
        Assert.Equal(HostResolver.MaxAtOnce + 10, _asked.Count);
    }

    [Fact]
    public async Task All_who_ask_for_a_name_at_once_share_one_answer_and_so_do_those_who_ask_soon_after()
    {
        var asking = Enumerable.Range(0, 20).Select(number => AskAsync(number % 2 == 0 ? "one.example" : "ONE.example")).ToList();
        _answers.Set();
        await Task.WhenAll(asking);
        _time.Advance(TimeSpan.FromSeconds(9));
        await AskAsync("one.example");
        Assert.Single(_asked);

        _time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync("one.example");
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task A_name_that_is_not_found_is_asked_for_again_soon()
    {
        _answers.Set();
        await AssertFailsAsync(AskAsync("missing.example"), SocketError.HostNotFound);
        await AssertFailsAsync(AskAsync("missing.example"), SocketError.HostNotFound);
        Assert.Single(_asked);

        _time.Advance(TimeSpan.FromSeconds(2));
        await AssertFailsAsync(AskAsync("missing.example"), SocketError.HostNotFound);
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task Nobody_waits_for_longer_than_they_want_or_ten_seconds()
    {
        using var mine = new CancellationTokenSource();
        var (impatient, patient) = (_resolver.ResolveAsync("slow.example", mine.Token), AskAsync("slow.example"));
        await mine.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.False(patient.IsCompleted);

        _time.Advance(HostResolver.Patience);

        await AssertFailsAsync(patient, SocketError.TryAgain);
    }

    [Fact]
    public async Task A_name_that_nobody_waits_for_any_more_is_not_asked_for()
    {
        var slow = Enumerable.Range(0, HostResolver.MaxAtOnce).Select(number => AskAsync($"h{number}.example")).ToList();
        for (var count = 0; count < HostResolver.MaxAtOnce; count++)
            await IsAskedAsync();
        var behind = AskAsync("behind.example");
        _time.Advance(HostResolver.Patience);
        await AssertFailsAsync(behind, SocketError.TryAgain);
        foreach (var one in slow)
            await AssertFailsAsync(one, SocketError.TryAgain);

        _answers.Set();
        _time.Advance(TimeSpan.FromSeconds(2));
        await AskAsync("after.example"); // there is a place again

        Assert.DoesNotContain("behind.example", _asked);
    }

    private Task<IPAddress[]> AskAsync(string host) => _resolver.ResolveAsync(host, CancellationToken.None);

    private async Task IsAskedAsync() => Assert.True(await _isAsked.WaitAsync(Patience.Limit));

    private static async Task AssertFailsAsync(Task asking, SocketError error) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<SocketException>(() => asking.WaitAsync(Patience.Limit))).SocketErrorCode);

    private IPAddress[] LookUp(string host)
    {
        Assert.False(Thread.CurrentThread.IsThreadPoolThread);
        _asked.Enqueue(host);
        _isAsked.Release();
        _answers.Wait();
        return host.StartsWith("missing", StringComparison.Ordinal) ? throw new SocketException((int)SocketError.HostNotFound) : Addresses;
    }
}
