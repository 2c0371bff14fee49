using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Parley.Testing;
using Parley.Testing.Postgres;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>PostgreSQL itself fails; it is a server of the test's own.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private readonly PostgresServer _server = new();
    private readonly IdGenerator _ids = new(TimeProvider.System);
    private readonly Guid _application = Guid.NewGuid();
    private readonly RecordingListener _heard = new();
    private TestDatabase _database = null!;
    private PostgreSqlWebhookStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _database = new TestDatabase(_server);
        _store = _database.CreateStore();
        await _store.OpenAsync(_heard);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_was_accepted_before_PostgreSQL_was_killed_is_there_when_it_is_back_and_the_store_goes_on()
    {
        var accepted = new ConcurrentBag<Guid>();
        var some = new TaskCompletionSource();

        var senders = Enumerable.Range(0, 8).Select(_ => SendAsync()).ToList();
        await some.Task.WaitAsync(Patience.Limit);
        await _server.KillAsync();
        foreach (var sender in senders)
            Assert.Equal(WebhookStoreProblem.Unavailable, (await Assert.ThrowsAsync<WebhookStoreException>(() => sender)).Problem);
        await _server.StartAsync();

        foreach (var id in accepted)
            Assert.NotNull(await _store.ReadMessageAsync(_application, id));
        Assert.Equal(AcceptOutcome.Accepted, (await _store.AcceptAsync(New())).Outcome);

        async Task SendAsync()
        {
            while (true)
            {
                var acceptance = New();
                await _store.AcceptAsync(acceptance);
                accepted.Add(acceptance.Message.Id);
                if (accepted.Count > 100)
                    some.TrySetResult();
            }
        }
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    [InlineData("one backend killed")]
    public async Task What_failed_with_a_key_and_is_sent_again_is_accepted_once_whatever_ends_the_server(string end)
    {
        const int Senders = 8;
        const int Messages = 40;
        var ends = 0;
        var sent = await Task.WhenAll(Enumerable.Range(0, Senders).Select(SendAsync));

        Assert.True(ends > 0);
        var listed = await InTheEndAsync(async () => await _store.ListMessagesAsync(new MessageQuery { Application = _application, Limit = 2 * Senders * Messages }));
        Assert.Equal(sent.SelectMany(static ids => ids).Order(), listed.Items.Select(static message => message.Id).Order());

        async Task<List<Guid>> SendAsync(int sender)
        {
            var accepted = new List<Guid>();
            for (var number = 0; number < Messages; number++)
            {
                if (sender == 0 && number % 20 == 5)
                    await EndAsync();
                // A new id each time: only the key says that it is the same.
                var key = $"{sender}-{number}";
                accepted.Add((await InTheEndAsync(async () => await _store.AcceptAsync(New() with { IdempotencyKey = key }))).Message);
            }

            return accepted;
        }

        async Task EndAsync()
        {
            ends++;
            switch (end)
            {
                case "stopped":
                    await _server.StopAsync();
                    await _server.StartAsync();
                    break;
                case "killed":
                    await _server.KillAsync();
                    await _server.StartAsync();
                    break;
                default:
                    // PostgreSQL then ends all the others too, since what they share may be damaged, and begins anew by itself.
                    await Eventually.BecomesAsync(TryKillBackendAsync, static isKilled => isKilled);
                    break;
            }
        }

        async Task<bool> TryKillBackendAsync()
        {
            try
            {
                var backend = await _database.ExecuteAsync("SELECT pid FROM pg_stat_activity WHERE application_name = 'Parley' LIMIT 1");
                using var process = Process.GetProcessById(int.Parse(backend, CultureInfo.InvariantCulture));
                process.Kill();
                return true;
            }
            catch (Exception exception) when (exception is InvalidOperationException or FormatException or ArgumentException)
            {
                // The server is not there yet, or no connection is.
                return false;
            }
        }
    }

    [Fact]
    public async Task Connections_that_were_cut_while_nobody_used_them_cost_no_message_and_no_answer()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await _store.AcceptAsync(New())));
        for (var time = 0; time < 5; time++)
        {
            await _database.ExecuteAsync("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'Parley'");

            Assert.Equal(AcceptOutcome.Accepted, (await _store.AcceptAsync(New())).Outcome);
            Assert.Null(await _store.ReadMessageAsync(_application, Guid.NewGuid()));
        }

        // Nobody told it meanwhile what others changed, and it hears again.
        Assert.Equal(RecordingListener.LostText, await _heard.NextAsync());
        await Eventually.BecomesAsync(
            () => _database.ExecuteAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted"), static count => count == "1");
    }

    [Fact]
    public async Task A_server_that_became_a_standby_answers_readers_and_is_said_to_be_unavailable_to_writers_until_it_is_none()
    {
        var before = New();
        await _store.AcceptAsync(before);
        await _database.ExecuteAsync("ALTER DATABASE postgres SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'Parley'");

        Assert.Equal(WebhookStoreProblem.Unavailable, (await Assert.ThrowsAsync<WebhookStoreException>(() => _store.AcceptAsync(New()).AsTask())).Problem);
        Assert.NotNull(await _store.ReadMessageAsync(_application, before.Message.Id));

        await _server.ExecuteAsync("template1", "ALTER DATABASE postgres RESET default_transaction_read_only");
        await _database.ExecuteAsync("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'Parley'");
        Assert.Equal(AcceptOutcome.Accepted, (await _store.AcceptAsync(New())).Outcome);
    }

    /// <summary>Does it again until the server is there; it may have been done before.</summary>
    private static async Task<T> InTheEndAsync<T>(Func<Task<T>> work)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (WebhookStoreException exception) when (exception.Problem is WebhookStoreProblem.Unavailable)
            {
                // It is not there yet.
            }
        }
    }

    [Fact]
    public async Task After_a_failover_the_store_finds_the_new_primary_with_all_that_was_accepted()
    {
        await using var standby = await _server.StartStandbyAsync();
        var heard = new RecordingListener();
        await using var store = new PostgreSqlWebhookStore(
            new PostgreSqlWebhookOptions { ConnectionString = _server.ConnectionStringOf("postgres", standby), Schema = _database.Schema }, TimeProvider.System);
        await store.OpenAsync(heard);
        var accepted = new List<Guid>();
        for (var message = 0; message < 50; message++)
            accepted.Add((await store.AcceptAsync(New())).Message);

        await _server.KillAsync();
        Assert.Equal(WebhookStoreProblem.Unavailable, (await Assert.ThrowsAsync<WebhookStoreException>(() => store.AcceptAsync(New()).AsTask())).Problem);
        await standby.PromoteAsync();

        accepted.Add((await InTheEndAsync(async () => await store.AcceptAsync(New()))).Message);
        foreach (var message in accepted)
            Assert.NotNull(await store.ReadMessageAsync(_application, message));
        // The node shows that it lives, and hears, on the new one too.
        Assert.Equal(RecordingListener.LostText, await heard.NextAsync());
        Assert.Equal(RecordingListener.LostText, await heard.NextAsync());
        await _server.StartAsync(); // whose other store has yet to say goodbye
    }

    private Acceptance New() => new(
        new Message { Id = _ids.Next(), Application = _application, EventType = "a", Payload = "{}"u8.ToArray(), AcceptedAt = TimeProvider.System.GetUtcNow() }, []);
}
