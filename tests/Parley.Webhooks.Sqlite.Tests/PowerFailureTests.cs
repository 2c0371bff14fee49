using System.Collections.Concurrent;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Sqlite.Tests.Faults;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite.Tests;

/// <summary>The power goes, and with it all that was not synced. What was answered is there afterwards.</summary>
public sealed class PowerFailureTests : IDisposable
{
    private const int Senders = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _left = new();
    private readonly IdGenerator _ids = new(TimeProvider.System);
    private readonly Guid _application = Guid.CreateVersion7();
    private readonly Guid _endpoint = Guid.CreateVersion7();

    public void Dispose()
    {
        _folder.Dispose();
        _left.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task No_message_and_no_outcome_that_was_answered_is_lost(int seed)
    {
        var (accepted, completed) = await RunAsync(new Random(seed));

        await using var store = new SqliteWebhookStore(_left.File("webhooks.db"), TimeProvider.System);
        await store.OpenAsync();
        Assert.NotEmpty(completed);
        foreach (var message in accepted)
            Assert.NotNull(await store.ReadMessageAsync(_application, message));
        foreach (var message in completed)
            Assert.Equal(DeliveryState.Succeeded, (await store.ReadDeliveryAsync(new DeliveryKey(message, _endpoint)))!.State);
        using var reader = new DatabaseFile(_left.File("webhooks.db")).OpenReader();
        Assert.Equal("ok", reader.Text("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task With_less_than_a_sync_for_each_commit_what_was_answered_would_be_lost()
    {
        await MakeAsync();
        using var disk = new FaultyDisk(_folder.Path);
        var answered = new List<Guid>();
        var file = new DatabaseFile(_folder.File("webhooks.db"));
        using (var writer = new SqliteWriter(() => Open(file), new WriteRoom(TimeProvider.System)))
        {
            for (var row = 0; row < 100; row++)
            {
                var id = Guid.CreateVersion7();
                await writer.RunAsync(session => session.Run(
                    "INSERT INTO resources (kind, id, parent, revision, document) VALUES (1, ?1, ?1, 1, x'00')", id), 1, CancellationToken.None);
                answered.Add(id);
            }

            disk.CutPower();
        }

        disk.CopyTo(_left.Path, new Random(1));
        await using var store = new SqliteWebhookStore(_left.File("webhooks.db"), TimeProvider.System);
        await store.OpenAsync();
        Assert.Null(await store.ReadAsync(ResourceKind.Application, answered[^1]));

        static SqliteSession Open(DatabaseFile file)
        {
            var session = file.OpenWriter();
            session.RunScript("PRAGMA synchronous = NORMAL");
            return session;
        }
    }

    /// <summary>Sends until the power goes.</summary>
    /// <returns>What was answered.</returns>
    private async Task<(IReadOnlyCollection<Guid> Accepted, IReadOnlyCollection<Guid> Completed)> RunAsync(Random random)
    {
        await MakeAsync();
        using var disk = new FaultyDisk(_folder.Path);
        var (accepted, completed) = (new ConcurrentBag<Guid>(), new ConcurrentBag<Guid>());
        var until = random.Next(100, 1_000);
        await using (var store = new SqliteWebhookStore(_folder.File("webhooks.db"), TimeProvider.System))
        {
            await store.OpenAsync();
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAsync(store)));
        }

        disk.CopyTo(_left.Path, random);
        return (accepted, completed);

        async Task SendAsync(SqliteWebhookStore store)
        {
            try
            {
                while (true)
                {
                    var message = await AcceptAsync(store);
                    accepted.Add(message);
                    if (accepted.Count >= until)
                        disk.CutPower();
                    await CompleteAsync(store, message);
                    completed.Add(message);
                }
            }
            catch (WebhookStoreException)
            {
                // The power is gone.
            }
        }
    }

    private async Task MakeAsync()
    {
        await using var store = new SqliteWebhookStore(_folder.File("webhooks.db"), TimeProvider.System);
        await store.OpenAsync();
    }

    private async Task<Guid> AcceptAsync(SqliteWebhookStore store)
    {
        var now = TimeProvider.System.GetUtcNow();
        var message = new Message { Id = _ids.Next(), Application = _application, EventType = "a", Payload = new byte[1_000], AcceptedAt = now };
        await store.AcceptAsync(new Acceptance(message, [new NewDelivery(_endpoint, now.AddHours(1), IsLeased: true)]));
        return message.Id;
    }

    private async Task CompleteAsync(SqliteWebhookStore store, Guid message) => Assert.True(await store.CompleteAsync(new Completion
    {
        Key = new DeliveryKey(message, _endpoint),
        Fence = 1,
        State = DeliveryState.Succeeded,
        Now = TimeProvider.System.GetUtcNow(),
    }));
}
