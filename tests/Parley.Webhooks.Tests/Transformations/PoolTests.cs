using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Parley.Testing;
using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Transformations;

public sealed class PoolTests
{
    // One step that takes minutes, in which nothing looks at the limits of the engine.
    private const string Endless = "function transform() { return { body: BigInt('9'.repeat(4000000)).toString() }; }";

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task No_process_starts_before_the_first_script()
    {
        await using var pool = Transformers.NewPool();

        Assert.Empty(pool.ProcessIds);
    }

    [Fact]
    public async Task One_worker_runs_scripts_that_come_one_after_the_other()
    {
        await using var pool = Transformers.NewPool();

        await pool.ChangeAsync(Transformers.Same);
        var before = pool.ProcessIds;
        await pool.ChangeAsync(Transformers.Same);

        Assert.Equal(Assert.Single(before), Assert.Single(pool.ProcessIds));
    }

    [Fact]
    public async Task Scripts_at_the_same_time_share_the_workers()
    {
        await using var pool = Transformers.NewPool(static options => options.Workers = 2);

        var runs = Enumerable.Range(1, 40).Select(n => pool.ChangeAsync(
            "function transform(webhook) { webhook.payload.total *= 2; return webhook; }", Transformers.NewInput($$"""{"total":{{n}}}""")));
        var results = await Task.WhenAll(runs);

        Assert.Equal(Enumerable.Range(1, 40).Select(static n => $$"""{"total":{{n * 2}}}"""), results.Select(static result => result.Text()));
        Assert.Equal(2, pool.ProcessIds.Length);
    }

    [Fact]
    public async Task A_worker_without_an_answer_is_killed_and_replaced()
    {
        await using var pool = Transformers.NewPool(time: _time);
        await pool.ChangeAsync(Transformers.Same);
        using var worker = Process.GetProcessById(Assert.Single(pool.ProcessIds));

        var run = pool.FailAsync(Endless);
        _time.Advance(Patience.Limit);

        Assert.Equal(TransformationErrors.Timeout, (await run).Code);
        await AssertEndedAsync(worker);
        await pool.ChangeAsync(Transformers.Same);
        Assert.NotEqual(worker.Id, Assert.Single(pool.ProcessIds));
    }

    [Fact]
    public async Task A_script_that_uses_up_its_time_costs_no_worker()
    {
        await using var pool = Transformers.NewPool(static options =>
            (options.ScriptTime, options.ScriptStatements) = (TimeSpan.FromMilliseconds(100), int.MaxValue - 1));
        await pool.ChangeAsync(Transformers.Same);
        var before = pool.ProcessIds;

        var failure = await pool.FailAsync("function transform(webhook) { while (true) {} }");

        Assert.Equal((TransformationErrors.Timeout, "The script took too long."), (failure.Code, failure.Message));
        await pool.ChangeAsync(Transformers.Same);
        Assert.Equal(before, pool.ProcessIds);
    }

    [Fact]
    public async Task A_worker_that_dies_takes_only_its_script_with_it()
    {
        await using var pool = Transformers.NewPool();
        await pool.ChangeAsync(Transformers.Same);
        using var worker = Process.GetProcessById(Assert.Single(pool.ProcessIds));

        var run = pool.FailAsync(Endless);
        worker.Kill();

        Assert.Equal((TransformationErrors.ScriptError, "The script ended its worker."), ((await run).Code, (await run).Message));
        await pool.ChangeAsync(Transformers.Same);
    }

    [Fact]
    public async Task A_worker_that_died_between_two_scripts_is_replaced()
    {
        await using var pool = Transformers.NewPool();
        await pool.ChangeAsync(Transformers.Same);
        using var worker = Process.GetProcessById(Assert.Single(pool.ProcessIds));

        worker.Kill();
        await AssertEndedAsync(worker);

        await pool.ChangeAsync(Transformers.Same);
    }

    [Fact]
    public async Task A_worker_with_nothing_to_do_ends()
    {
        await using var pool = Transformers.NewPool(time: _time);
        await pool.ChangeAsync(Transformers.Same);
        using var worker = Process.GetProcessById(Assert.Single(pool.ProcessIds));

        _time.Advance(TimeSpan.FromSeconds(60));

        await AssertEndedAsync(worker);
        await pool.ChangeAsync(Transformers.Same);
        Assert.DoesNotContain(worker.Id, pool.ProcessIds);
    }

    [Fact]
    public async Task Work_puts_the_end_of_a_worker_off()
    {
        await using var pool = Transformers.NewPool(time: _time);

        await pool.ChangeAsync(Transformers.Same);
        var before = pool.ProcessIds;
        _time.Advance(TimeSpan.FromSeconds(59));
        await pool.ChangeAsync(Transformers.Same);
        _time.Advance(TimeSpan.FromSeconds(59));
        await pool.ChangeAsync(Transformers.Same);

        Assert.Equal(before, pool.ProcessIds);
    }

    [Fact]
    public async Task Workers_are_gone_after_the_end_of_the_pool()
    {
        var pool = Transformers.NewPool();
        await pool.ChangeAsync(Transformers.Same);
        using var idle = Process.GetProcessById(Assert.Single(pool.ProcessIds));
        var run = pool.FailAsync(Endless);

        await pool.DisposeAsync();

        Assert.True(idle.HasExited);
        Assert.Empty(pool.ProcessIds);
        Assert.Equal(TransformationErrors.WorkerUnavailable, (await run).Code);
        Assert.Equal(TransformationErrors.WorkerUnavailable, (await pool.FailAsync(Transformers.Same)).Code);
    }

    [Fact]
    public async Task More_than_may_wait_are_refused()
    {
        await using var pool = Transformers.NewPool(static options => (options.Workers, options.MaxWaiting) = (1, 1));
        var runs = pool.FailAsync(Endless);
        var waits = pool.FailAsync(Transformers.Same);

        var refused = await pool.FailAsync(Transformers.Same);

        Assert.Equal(TransformationErrors.WorkerUnavailable, refused.Code);
        Assert.False(waits.IsCompleted);
        await pool.DisposeAsync();
        await Task.WhenAll(runs, waits);
    }

    [Fact]
    public async Task The_wait_for_a_worker_has_an_end()
    {
        await using var pool = Transformers.NewPool(static options => (options.Workers, options.WaitTime) = (1, TimeSpan.FromSeconds(5)), _time);
        var runs = pool.FailAsync(Endless);
        var waits = pool.FailAsync(Transformers.Same);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TransformationErrors.WorkerUnavailable, (await waits).Code);
        await pool.DisposeAsync();
        await runs;
    }

    [Fact]
    public async Task A_caller_may_stop_waiting_and_the_worker_stays_in_use()
    {
        await using var pool = Transformers.NewPool(static options => options.Workers = 1);
        await pool.ChangeAsync(Transformers.Same);
        var before = pool.ProcessIds;
        using var caller = new CancellationTokenSource();
        const string Slow = "function transform(webhook) { for (let i = 0; i < 100000; i++); return webhook; }";

        var run = pool.TransformAsync(Slow, Transformers.NewInput(), caller.Token).AsTask();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await pool.ChangeAsync(Transformers.Same);
        Assert.Equal(before, pool.ProcessIds);
    }

    private static async Task AssertEndedAsync(Process process) => await process.WaitForExitAsync().WaitAsync(Patience.Limit);
}
