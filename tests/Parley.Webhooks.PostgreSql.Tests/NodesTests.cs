using System.Text;
using Microsoft.Extensions.Time.Testing;
using Parley.Testing.Postgres;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.PostgreSql.Nodes;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>Two nodes on one database.</summary>
public sealed class NodesTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly TestDatabase _database = new(server);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private readonly RecordingListener _heard = new();
    private readonly Guid _endpoint = Guid.NewGuid();
    private readonly Guid _application = Guid.NewGuid();
    private PostgreSqlWebhookStore _one = null!;
    private PostgreSqlWebhookStore _other = null!;
    private IdGenerator _ids = null!;

    public async ValueTask InitializeAsync()
    {
        _ids = new IdGenerator(_time);
        (_one, _other) = (_database.CreateStore(_time), _database.CreateStore(_time));
        await Task.WhenAll(_one.OpenAsync(), _other.OpenAsync(_heard)); // of which one makes the tables
        await _one.AddAsync(new Resource { Kind = ResourceKind.Application, Id = _application, Document = "{}"u8.ToArray() });
        Assert.Equal(RecordingListener.ChangeOf(ResourceKind.Application, _application, Guid.Empty, null), await _heard.NextAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Nodes_together_add_no_more_below_a_parent_than_it_may_have()
    {
        const int Most = 5;

        var writes = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => (index % 2 == 0 ? _one : _other).WriteAsync(
            [ResourceChange.Add(new Resource { Kind = ResourceKind.Endpoint, Id = Guid.NewGuid(), Parent = _application, Document = "{}"u8.ToArray() }, Most)]).AsTask()));

        Assert.Equal((Most, 20 - Most), (writes.Count(static write => write is ResourceWrite.Done), writes.Count(static write => write is ResourceWrite.Full)));
        Assert.Equal(Most, (await _one.ListAsync(ResourceKind.Endpoint, _application, Guid.Empty, 20)).Count);
    }

    [Fact]
    public async Task What_one_node_changes_the_other_hears_with_its_name()
    {
        var endpoint = new Resource { Kind = ResourceKind.Endpoint, Id = Guid.NewGuid(), Parent = _application, Name = "a|b|c ü", Document = "{}"u8.ToArray() };
        var type = new Resource { Kind = ResourceKind.EventType, Id = Guid.NewGuid(), Name = "order.paid", Document = "{}"u8.ToArray() };

        await _one.AddAsync(endpoint);
        await _one.ReplaceAsync(endpoint with { Revision = 2, Name = null });
        await _one.AddAsync(type);
        await _other.AddAsync(type with { Id = Guid.NewGuid(), Name = "its.own" }); // which it is not told
        await _one.RemoveAsync(ResourceKind.EventType, type.Id);

        string[] expected =
        [
            RecordingListener.ChangeOf(ResourceKind.Endpoint, endpoint.Id, _application, "a|b|c ü"),
            RecordingListener.ChangeOf(ResourceKind.Endpoint, endpoint.Id, _application, null),
            RecordingListener.ChangeOf(ResourceKind.EventType, type.Id, Guid.Empty, "order.paid"),
            RecordingListener.ChangeOf(ResourceKind.EventType, type.Id, Guid.Empty, "order.paid"),
        ];
        foreach (var change in expected)
            Assert.Equal(change, await _heard.NextAsync());
    }

    [Fact]
    public async Task What_a_node_leaves_in_the_store_the_other_hears_once_a_second()
    {
        await AcceptAsync(_one);
        await AcceptAsync(_one);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AcceptAsync(_one);
        await _one.AddAsync(new Resource { Kind = ResourceKind.EventType, Id = _endpoint, Name = "end", Document = "{}"u8.ToArray() });

        Assert.Equal(RecordingListener.DueOf(_application, _endpoint), await _heard.NextAsync());
        Assert.Equal(RecordingListener.DueOf(_application, _endpoint), await _heard.NextAsync());
        Assert.Equal(RecordingListener.ChangeOf(ResourceKind.EventType, _endpoint, Guid.Empty, "end"), await _heard.NextAsync());
    }

    [Fact]
    public async Task A_node_that_could_not_hear_is_told_and_hears_again()
    {
        var heard = new RecordingListener();
        await using var third = _database.CreateStore(TimeProvider.System); // it waits before it connects again
        await third.OpenAsync(heard);
        await _database.ExecuteAsync($"""
            SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND objsubid = 2 AND objid = {third.Presence.Node} AND classid = {(uint)third.Database.LockNumber}
            """);

        Assert.Equal(RecordingListener.LostText, await heard.NextAsync());
        Assert.Equal(RecordingListener.LostText, await heard.NextAsync()); // it hears again, and what was said meanwhile it has missed
        await _one.AddAsync(new Resource { Kind = ResourceKind.EventType, Id = _endpoint, Name = "a", Document = "{}"u8.ToArray() });
        Assert.Equal(RecordingListener.ChangeOf(ResourceKind.EventType, _endpoint, Guid.Empty, "a"), await heard.NextAsync());
    }

    [Fact]
    public async Task No_delivery_is_claimed_by_both()
    {
        for (var index = 0; index < 100; index++)
            await AcceptAsync(_one);

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => ClaimAsync(index % 2 == 0 ? _one : _other, limit: 5)));

        var claimed = claims.SelectMany(static claim => claim).Select(static delivery => delivery.Key.Message).ToList();
        Assert.Equal(claimed.Distinct().Count(), claimed.Count);
        var rest = await ClaimAsync(_one, limit: 100);
        Assert.Equal(100, claimed.Count + rest.Count);
    }

    [Fact]
    public async Task A_claim_that_cannot_read_its_messages_leases_nothing()
    {
        var message = await AcceptAsync(_one);
        await _database.ExecuteAsync("ALTER TABLE messages RENAME TO away");
        await Assert.ThrowsAsync<WebhookStoreException>(() => ClaimAsync(_one));
        await _database.ExecuteAsync("ALTER TABLE away RENAME TO messages");

        var claimed = Assert.Single(await ClaimAsync(_other));

        Assert.Equal((message, 1L, 0), (claimed.Key.Message, claimed.Fence, claimed.Attempts));
    }

    [Fact]
    public async Task A_node_that_stood_still_beyond_its_lease_does_not_undo_what_another_has_recorded_and_its_attempt_is_kept()
    {
        await AcceptAsync(_one);
        var stalled = Assert.Single(await ClaimAsync(_one));
        _time.Advance(Lease);
        var taken = Assert.Single(await ClaimAsync(_other));
        Assert.Equal((2L, 1), (taken.Fence, taken.Attempts));
        await CompleteAsync(_other, taken);

        Assert.False(await _one.CompleteAsync(new Completion
        {
            Key = stalled.Key,
            Fence = stalled.Fence,
            State = DeliveryState.Failed,
            Now = _time.GetUtcNow(),
            Attempt = new Attempt { Key = stalled.Key, Number = 1, StartedAt = _time.GetUtcNow(), Error = DeliveryError.Status, Status = 500 },
        }));

        Assert.Equal(DeliveryState.Succeeded, (await _one.ReadDeliveryAsync(stalled.Key))!.State);
        Assert.Equal(500, Assert.Single(await _one.ListAttemptsAsync(stalled.Key, int.MaxValue, 10)).Status);
        Assert.Empty(await ClaimAsync(_one));
    }

    [Fact]
    public async Task In_order_means_as_accepted_whatever_the_clocks_of_the_nodes_say()
    {
        var ahead = new IdGenerator(new FakeTimeProvider(_time.GetUtcNow().AddMinutes(5)));
        var first = await AcceptAsync(_one, ahead.Next());
        var second = await AcceptAsync(_other);

        Assert.True(first > second);
        Assert.Equal([first, second], (await ClaimAsync(_other, isOrdered: true)).Select(static delivery => delivery.Key.Message));
    }

    [Fact]
    public async Task In_order_only_one_node_gets_the_head_and_nobody_what_is_behind_it()
    {
        for (var round = 0; round < 10; round++)
        {
            var head = await AcceptAsync(_one);
            await AcceptAsync(_other);

            var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => ClaimAsync(index % 2 == 0 ? _one : _other, limit: 1, isOrdered: true)));

            var claimed = Assert.Single(claims.SelectMany(static claim => claim));
            Assert.Equal(head, claimed.Key.Message);
            await CompleteAsync(_one, claimed);
            var next = Assert.Single(await ClaimAsync(_other, limit: 1, isOrdered: true));
            await CompleteAsync(_other, next);
        }
    }

    [Fact]
    public async Task In_order_what_is_behind_another_nodes_delivery_is_asked_for_again_soon()
    {
        await AcceptAsync(_one);
        await ClaimAsync(_one, limit: 1, isOrdered: true);

        var claim = await _other.ClaimAsync(NewRequest(1, isOrdered: true));

        Assert.Empty(claim.Deliveries);
        Assert.Equal(_time.GetUtcNow().AddSeconds(1), claim.NextDue);
    }

    [Fact]
    public async Task The_deliveries_of_a_node_that_died_are_taken_over_long_before_their_leases_end()
    {
        const int Dead = 999_999;
        await AcceptAsync(_one);
        await ClaimAsync(_one);
        await _database.ExecuteAsync($"INSERT INTO nodes VALUES ({Dead}, 'gone', now()); UPDATE outstanding_deliveries SET node = {Dead}");

        var (watch, heard) = (new FakeTimeProvider(_time.GetUtcNow()), new RecordingListener());
        var deadNodes = new DeadNodes(_other.Database, heard, watch);
        await deadNodes.RunAsync(_other.Presence.Node);
        Assert.Empty(await ClaimAsync(_other)); // it may come back
        watch.Advance(DeadNodes.Grace);
        await deadNodes.RunAsync(_other.Presence.Node);

        _time.Advance(DeadNodes.Grace);
        var taken = Assert.Single(await ClaimAsync(_other));
        Assert.Equal((2L, 1), (taken.Fence, taken.Attempts));
        Assert.Equal(RecordingListener.LostText, await heard.NextAsync()); // so it looks for all the rest
    }

    [Fact]
    public async Task A_node_that_lives_keeps_its_deliveries()
    {
        await AcceptAsync(_one);
        await ClaimAsync(_one);

        var watch = new FakeTimeProvider(_time.GetUtcNow());
        var deadNodes = new DeadNodes(_other.Database, null, watch);
        await deadNodes.RunAsync(_other.Presence.Node);
        watch.Advance(DeadNodes.Grace);
        await deadNodes.RunAsync(_other.Presence.Node);

        Assert.Empty(await ClaimAsync(_other));
    }

    [Fact]
    public async Task A_node_that_ends_in_order_leaves_its_deliveries_to_the_others_at_once()
    {
        await AcceptAsync(_one);
        await ClaimAsync(_one);

        await _one.DisposeAsync();

        Assert.Single(await ClaimAsync(_other));
    }

    private async Task<Guid> AcceptAsync(PostgreSqlWebhookStore store, Guid? id = null)
    {
        var message = new Message
        {
            Id = id ?? _ids.Next(),
            Application = _application,
            EventType = "a",
            Payload = Encoding.UTF8.GetBytes("{}"),
            AcceptedAt = _time.GetUtcNow(),
        };
        await store.AcceptAsync(new Acceptance(message, [new NewDelivery(_endpoint, _time.GetUtcNow(), IsLeased: false)]));
        return message.Id;
    }

    private async Task<List<Delivery>> ClaimAsync(PostgreSqlWebhookStore store, int limit = 10, bool isOrdered = false)
    {
        var claim = await store.ClaimAsync(NewRequest(limit, isOrdered));
        return [.. claim.Deliveries.Select(static claimed => claimed.Delivery)];
    }

    private ClaimRequest NewRequest(int limit, bool isOrdered) => new()
    {
        Endpoint = _endpoint,
        Now = _time.GetUtcNow(),
        LeaseUntil = _time.GetUtcNow() + Lease,
        Limit = limit,
        IsOrdered = isOrdered,
    };

    private async Task CompleteAsync(PostgreSqlWebhookStore store, Delivery delivery) => Assert.True(await store.CompleteAsync(new Completion
    {
        Key = delivery.Key,
        Fence = delivery.Fence,
        State = DeliveryState.Succeeded,
        Now = _time.GetUtcNow(),
    }));
}
