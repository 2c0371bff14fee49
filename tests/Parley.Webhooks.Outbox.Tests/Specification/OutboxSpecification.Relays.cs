using System.Text;
using Parley.Testing;

namespace Parley.Webhooks.Outbox.Tests.Specification;

public abstract partial class OutboxSpecification
{
    [Fact]
    public async Task A_relay_that_ended_between_sending_and_deleting_made_no_second_message()
    {
        var application = await parley.NewApplicationAsync();
        await _database.WriteAsync(_producer.Services, application, "1", "2");
        var sent = new TaskCompletionSource();
        var forever = new TaskCompletionSource();
        _producer.Gate.After = (_, _) =>
        {
            sent.TrySetResult();
            return forever.Task;
        };
        var dead = _producer.RelayAsync();
        await sent.Task.WaitAsync(Patience.Limit);

        // It holds the lease, until that runs out.
        var next = NewProducer();
        await next.RelayAsync();
        Assert.Equal(0, next.Gate.Passed);
        _time.Advance(TimeSpan.FromSeconds(16));
        await next.RelayAsync();

        Assert.Equal(["1", "2"], await parley.PayloadsAsync(application));
        Assert.Empty(await _database.RowsAsync());

        // Should it live after all, and delete what it sent, then not what was enqueued since.
        next.Gate.Before = static (_, _) => Task.FromException(Unavailable());
        _producer.Gate.Before = static (_, message) => message.Payload.Span.SequenceEqual("3"u8) ? Task.FromException(Unavailable()) : Task.CompletedTask;
        await _database.WriteAsync(next.Services, application, "3");
        forever.SetResult();
        await dead;
        Assert.Equal("3", Encoding.UTF8.GetString(Assert.Single(await _database.RowsAsync()).Payload.Span));
        _producer.Gate.Before = next.Gate.Before = null;
        await next.RelayAsync();
        await _producer.RelayAsync();
        Assert.Equal(["1", "2", "3"], await parley.PayloadsAsync(application));
    }

    [Fact]
    public async Task While_one_relays_another_does_not_do_the_same_work()
    {
        var application = await parley.NewApplicationAsync();
        await _database.WriteAsync(_producer.Services, application, "1", "2");
        var other = NewProducer();
        _producer.Gate.Before = async (_, _) => await other.RelayAsync();

        await _producer.RelayAsync();

        Assert.Equal((2, 0), (_producer.Gate.Passed, other.Gate.Passed));
        await _database.WriteAsync(other.Services, application, "3");
        await other.RelayAsync();
        Assert.Equal(["1", "2", "3"], await parley.PayloadsAsync(application));
    }

    [Fact]
    public async Task Two_relays_at_once_send_each_message_once_and_in_order()
    {
        const int Writers = 3;
        const int Each = 40;
        var other = NewProducer();
        // The lease of each runs out again and again while it sends.
        foreach (var producer in _producers)
            producer.Gate.Before = (_, _) => Task.Run(() => _time.Advance(TimeSpan.FromSeconds(3)));
        await _producer.StartAsync();
        await other.StartAsync();
        var applications = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => parley.NewApplicationAsync()));

        await Task.WhenAll(applications.Select(async (application, index) =>
        {
            var services = _producers[index % 2].Services;
            for (var number = 0; number < Each; number++)
                await _database.WriteAsync(services, application, $"{number}");
        }));
        await Eventually.BecomesAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return _database.RowsAsync();
            },
            static rows => rows.Count == 0);

        foreach (var application in applications)
            Assert.Equal(Enumerable.Range(0, Each).Select(static number => $"{number}"), await parley.PayloadsAsync(application));
    }
}
