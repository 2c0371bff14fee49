using Parley.Webhooks.Outbox.Tests.Support;

namespace Parley.Webhooks.Outbox.Tests.Specification;

public abstract partial class OutboxSpecification
{
    [Fact]
    public async Task What_is_refused_for_good_stays_with_its_error_holds_up_nobody_and_is_sent_when_it_is_cleared()
    {
        var unknown = ParleyNode.NewName();
        var application = await parley.NewApplicationAsync();
        await _database.WriteAsync(_producer.Services,
        [
            (unknown, Message("0")),
            (application, Message("1") with { Uid = "u" }),
            (application, Message("2") with { Uid = "u" }),
            (application, Message("3")),
        ]);

        await _producer.RelayAsync();

        Assert.Equal(["1", "3"], await parley.PayloadsAsync(application));
        await _producer.RelayAsync();
        var rows = await _database.RowsAsync();
        Assert.Equal(["not_found", "message_exists"], rows.Select(static row => row.Error!.Split(':')[0]));
        Assert.All(rows, row => Assert.Equal((1, _time.GetUtcNow().ToUnixTimeMilliseconds()), (row.Attempts, row.FailedAt)));

        await parley.NewApplicationAsync(unknown);
        await _database.ExecuteAsync("UPDATE parley_outbox SET failed_at = NULL");
        await _producer.RelayAsync();

        Assert.Equal(["0"], await parley.PayloadsAsync(unknown));
        Assert.Equal(2, Assert.Single(await _database.RowsAsync()).Attempts);
    }

    [Fact]
    public async Task While_nothing_can_be_sent_all_stays_and_is_sent_afterwards()
    {
        var application = await parley.NewApplicationAsync();
        await _database.WriteAsync(_producer.Services, application, "1", "2");
        _producer.Gate.Before = static (_, _) => Task.FromException(Unavailable());

        var first = await _producer.RelayAsync();
        var second = await _producer.RelayAsync();
        for (var more = 0; more < 20; more++)
            await _producer.RelayAsync();
        var last = await _producer.RelayAsync();

        Assert.Equal((true, true, true), (first.IsPause, second.IsPause, last.IsPause));
        Assert.InRange(first.Wait.TotalSeconds, 0.5, 1);
        Assert.InRange(second.Wait.TotalSeconds, 1, 2);
        Assert.InRange(last.Wait.TotalSeconds, 30, 60);
        var rows = await _database.RowsAsync();
        Assert.Equal(["unavailable: Not now.", null], rows.Select(static row => row.Error));
        Assert.All(rows, static row => Assert.Equal((0, null), (row.Attempts, row.FailedAt)));

        _producer.Gate.Before = null;
        await _producer.RelayAsync();

        Assert.Equal(["1", "2"], await parley.PayloadsAsync(application));
        Assert.Empty(await _database.RowsAsync());
    }

    [Fact]
    public async Task A_message_that_must_wait_holds_up_its_application_and_no_other()
    {
        var (application, other) = (await parley.NewApplicationAsync(), await parley.NewApplicationAsync());
        await _database.WriteAsync(_producer.Services, application, [.. Enumerable.Range(0, 120).Select(static number => $"{number}")]);
        await _database.WriteAsync(_producer.Services, other, "\"other\"");
        _producer.Gate.Before = (name, _) => name == application ? Task.FromException(TooMany()) : Task.CompletedTask;

        var rest = await _producer.RelayAsync();

        Assert.False(rest.IsPause);
        Assert.InRange(rest.Wait.TotalSeconds, 0.4, 1);
        Assert.Equal(["\"other\""], await parley.PayloadsAsync(other));
        Assert.Equal((120, 1, 0), ((await _database.RowsAsync()).Count, (await _database.RowsAsync())[0].Attempts, (await _database.RowsAsync())[1].Attempts));

        _producer.Gate.Before = null;
        await _producer.RelayAsync();
        Assert.Equal(120, (await _database.RowsAsync()).Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _producer.RelayAsync();

        Assert.Equal(Enumerable.Range(0, 120).Select(static number => $"{number}"), await parley.PayloadsAsync(application));
    }

    [Fact]
    public async Task A_failure_that_nobody_foresaw_does_not_hold_up_its_application_for_ever()
    {
        var application = await parley.NewApplicationAsync();
        await _database.WriteAsync(_producer.Services, application, "1", "2");
        _producer.Gate.Before = static (_, message) => message.Payload.Span.SequenceEqual("1"u8)
            ? Task.FromException(new NotSupportedException("Nobody foresaw this."))
            : Task.CompletedTask;

        for (var attempt = 0; attempt < 10; attempt++)
        {
            Assert.Empty(await parley.PayloadsAsync(application));
            await _producer.RelayAsync();
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["2"], await parley.PayloadsAsync(application));
        var row = Assert.Single(await _database.RowsAsync());
        Assert.Equal(("NotSupportedException: Nobody foresaw this.", 10, true), (row.Error, row.Attempts, row.FailedAt is not null));
    }

    [Fact]
    public async Task When_the_answer_is_lost_it_is_sent_again_and_is_one_message()
    {
        var application = await parley.NewApplicationAsync();
        await _database.WriteAsync(_producer.Services, application, "1", "2");
        _producer.Gate.After = static (_, _) => Task.FromException(new IOException("The answer is lost."));
        await _producer.RelayAsync();
        Assert.Equal(2, (await _database.RowsAsync()).Count);

        _producer.Gate.After = null;
        await _producer.RelayAsync();

        Assert.Equal(3, _producer.Gate.Passed);
        Assert.Equal(["1", "2"], await parley.PayloadsAsync(application));
        Assert.Empty(await _database.RowsAsync());
    }

    private static WebhookException TooMany() => new WebhookProblem(429, "too_many", "Slowly.").ToException();
}
