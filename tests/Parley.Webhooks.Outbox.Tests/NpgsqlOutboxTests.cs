using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Parley.Testing;
using Parley.Testing.Postgres;
using Parley.Webhooks.Outbox.Npgsql;
using Parley.Webhooks.Outbox.Storage;
using Parley.Webhooks.Outbox.Tests.Databases;
using Parley.Webhooks.Outbox.Tests.Specification;
using Parley.Webhooks.Outbox.Tests.Support;

namespace Parley.Webhooks.Outbox.Tests;

[Collection<PostgresCollection>]
public sealed class NpgsqlOutboxTests(ParleyNode parley, PostgresServer server) : OutboxSpecification(parley), IClassFixture<ParleyNode>
{
    private readonly ParleyNode _parley = parley;

    private protected override async Task<OutboxDatabase> CreateAsync() => await NpgsqlDatabase.CreateAsync(server);

    [Fact]
    public async Task A_commit_wakes_the_relay_of_another_process()
    {
        await using OutboxDatabase database = await NpgsqlDatabase.CreateAsync(server);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = new Producer(database, _parley, time);
        await using var shop = new Producer(database, _parley, time, static options => options.Relay = false);
        var application = await _parley.NewApplicationAsync();
        await relay.StartAsync();

        // The first ones may be found because the relay looks when it starts and when it begins to listen.
        for (var count = 1; count <= 4; count++)
        {
            await database.WriteAsync(shop.Services, [(application, OutboxDatabase.Message())]);
            await Eventually.BecomesAsync(() => _parley.MessagesAsync(application), messages => messages.Count == count);
        }
    }

    [Fact]
    public async Task Several_processes_may_make_the_tables_at_once()
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionStringOf(await server.CreateDatabaseAsync()));
        await using var services = new ServiceCollection().AddSingleton(source).AddLogging().AddWebhookOutbox().UseNpgsql().Services.BuildServiceProvider();
        var outbox = services.GetRequiredService<NpgsqlWebhookOutbox>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => outbox.CreateTablesAsync()));
    }

    [Fact]
    public async Task What_Entity_Framework_Core_wrote_is_relayed_without_it()
    {
        await using OutboxDatabase database = await EntityFrameworkDatabase.CreateAsync(server);
        await using var shop = new Producer(database, _parley, new FakeTimeProvider(DateTimeOffset.UtcNow));
        var application = await _parley.NewApplicationAsync();
        await database.WriteAsync(shop.Services, application, "1", "2");
        await using var connection = (NpgsqlConnection)await database.OpenAsync();
        await using var relay = new Producer(new Elsewhere(connection.ConnectionString), _parley, shop.Time);

        await relay.RelayAsync();

        Assert.Equal(["1", "2"], await _parley.PayloadsAsync(application));
        Assert.Empty(await database.RowsAsync());
    }

    [Fact]
    public async Task A_database_that_comes_back_is_relayed_from_again()
    {
        await using var own = new PostgresServer();
        await own.InitializeAsync();
        await using OutboxDatabase database = await NpgsqlDatabase.CreateAsync(own);
        await using var producer = new Producer(database, _parley, new FakeTimeProvider(DateTimeOffset.UtcNow));
        var application = await _parley.NewApplicationAsync();
        await database.WriteAsync(producer.Services, application, "1");
        // Between sending and deleting.
        producer.Gate.After = (_, _) => own.KillAsync();

        var rest = await producer.RelayAsync();
        await own.StartAsync();
        producer.Gate.After = null;
        await Eventually.BecomesAsync(
            async () =>
            {
                await producer.RelayAsync();
                producer.Time.Advance(TimeSpan.FromSeconds(10));
                return producer.Gate.Passed;
            },
            static passed => passed == 2);

        Assert.True(rest.IsPause);
        Assert.Equal(["1"], await _parley.PayloadsAsync(application));
        Assert.Equal(default, await producer.Services.GetRequiredService<IOutboxStore>().MeasureAsync(CancellationToken.None));
    }

    /// <summary>Another process with the database of an application.</summary>
    private sealed class Elsewhere(string connectionString) : OutboxDatabase
    {
        public override void Use(IWebhookOutboxBuilder builder) => builder.UseNpgsql(connectionString);

        public override Task WriteAsync(
            IServiceProvider services, IEnumerable<(string Application, WebhookMessage Message)> messages, bool commit, Func<Task>? beforeEnd) =>
            throw new NotSupportedException();

        public override Task<System.Data.Common.DbConnection> OpenAsync() => throw new NotSupportedException();
    }
}
