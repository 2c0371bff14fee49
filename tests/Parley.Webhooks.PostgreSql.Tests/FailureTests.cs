using System.Collections.Concurrent;
using Parley.Testing;
using Parley.Testing.Postgres;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>PostgreSQL itself fails; it is a server of the test's own.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task What_was_accepted_before_PostgreSQL_was_killed_is_there_when_it_is_back_and_the_store_goes_on()
    {
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        await using var store = new TestDatabase(server).CreateStore();
        await store.OpenAsync();
        var ids = new IdGenerator(TimeProvider.System);
        var application = Guid.NewGuid();
        var accepted = new ConcurrentBag<Guid>();
        var some = new TaskCompletionSource();

        var senders = Enumerable.Range(0, 8).Select(_ => SendAsync()).ToList();
        await some.Task.WaitAsync(Patience.Limit);
        await server.KillAsync();
        foreach (var sender in senders)
            Assert.Equal(WebhookStoreProblem.Unavailable, (await Assert.ThrowsAsync<WebhookStoreException>(() => sender)).Problem);
        await server.StartAsync();

        foreach (var id in accepted)
            Assert.NotNull(await store.ReadMessageAsync(application, id));
        Assert.Equal(AcceptOutcome.Accepted, (await store.AcceptAsync(New())).Outcome);

        async Task SendAsync()
        {
            while (true)
            {
                var acceptance = New();
                await store.AcceptAsync(acceptance);
                accepted.Add(acceptance.Message.Id);
                if (accepted.Count > 100)
                    some.TrySetResult();
            }
        }

        Acceptance New() => new(
            new Message { Id = ids.Next(), Application = application, EventType = "a", Payload = "{}"u8.ToArray(), AcceptedAt = TimeProvider.System.GetUtcNow() }, []);
    }
}
