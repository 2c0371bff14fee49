using Microsoft.Extensions.Time.Testing;
using Parley.Testing.Postgres;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>The tables of days.</summary>
public sealed class DaysTests(PostgresServer server) : IAsyncLifetime
{
    private const string Tables = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
        + "WHERE inhparent IN ('messages'::regclass, 'final_deliveries'::regclass, 'attempts'::regclass)";

    private readonly TestDatabase _database = new(server);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 23, 0, 0, TimeSpan.Zero));
    private readonly Guid _application = Guid.NewGuid();
    private readonly Guid _endpoint = Guid.NewGuid();
    private PostgreSqlWebhookStore _store = null!;
    private IdGenerator _ids = null!;

    public async ValueTask InitializeAsync()
    {
        _ids = new IdGenerator(_time);
        _store = _database.CreateStore(_time);
        await _store.OpenAsync();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task The_first_message_of_a_day_finds_its_tables_and_those_of_tomorrow_are_made()
    {
        await AcceptAsync();

        Assert.Equal("attempts_20261127 attempts_20261128 final_deliveries_20261127 final_deliveries_20261128 messages_20261127 messages_20261128",
            await _database.ExecuteAsync(Tables));
    }

    [Fact]
    public async Task A_day_goes_as_a_whole_when_all_in_it_is_final_and_its_uids_are_free_again()
    {
        await CompleteAsync(await AcceptAsync("order-1"), _time.GetUtcNow());
        _time.Advance(TimeSpan.FromDays(2));
        var young = await AcceptAsync("order-2");

        await DropAllAsync(_store);

        Assert.DoesNotContain("20261127", await _database.ExecuteAsync(Tables));
        Assert.NotNull(await _store.ReadMessageAsync(_application, young.Key.Message));
        Assert.NotNull(await AcceptAsync("order-1"));
    }

    [Fact]
    public async Task A_late_outcome_of_a_day_that_another_node_dropped_is_no_error_and_spoils_no_other()
    {
        var late = await AcceptAsync();
        await CompleteAsync(late, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromDays(2));
        var young = await AcceptAsync();
        await using (var other = _database.CreateStore(_time))
        {
            await other.OpenAsync();
            await DropAllAsync(other);
        }

        var results = await Task.WhenAll(CompleteAsync(late, _time.GetUtcNow()), CompleteAsync(young, _time.GetUtcNow()));

        Assert.Equal([false, true], results);
    }

    [Fact]
    public async Task One_message_that_cannot_be_stored_does_not_keep_those_beside_it_from_being_accepted()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(async index =>
        {
            try
            {
                await AcceptAsync(index == 17 ? "no text in PostgreSQL: \0" : $"order-{index}");
                return true;
            }
            catch (WebhookException)
            {
                return false;
            }
        }));

        Assert.Equal(17, Assert.Single(Enumerable.Range(0, 40), index => !results[index]));
    }

    private async Task<Delivery> AcceptAsync(string? uid = null)
    {
        var message = new Message
        {
            Id = _ids.Next(),
            Application = _application,
            Uid = uid,
            EventType = "a",
            Payload = "{}"u8.ToArray(),
            AcceptedAt = _time.GetUtcNow(),
        };
        var result = await _store.AcceptAsync(new Acceptance(message, [new NewDelivery(_endpoint, _time.GetUtcNow().AddMinutes(5), IsLeased: true)]));
        Assert.Equal(AcceptOutcome.Accepted, result.Outcome);
        return new Delivery { Key = new DeliveryKey(message.Id, _endpoint), Application = _application, Fence = 1 };
    }

    private async Task<bool> CompleteAsync(Delivery delivery, DateTimeOffset now) => await _store.CompleteAsync(new Completion
    {
        Key = delivery.Key,
        Fence = 1,
        State = DeliveryState.Succeeded,
        Now = now,
        Attempt = new Attempt { Key = delivery.Key, Number = 1, StartedAt = now },
    });

    private async Task DropAllAsync(PostgreSqlWebhookStore store)
    {
        var now = _time.GetUtcNow();
        while (await store.DropAsync(new RetentionRequest(now.AddDays(-1), now.AddDays(-1), now.AddDays(-1), Limit: 10)))
        {
        }
    }
}
