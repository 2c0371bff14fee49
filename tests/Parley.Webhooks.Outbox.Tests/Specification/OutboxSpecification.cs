using Microsoft.Extensions.Time.Testing;
using Parley.Testing;
using Parley.Webhooks.Outbox.Tests.Databases;
using Parley.Webhooks.Outbox.Tests.Support;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbox.Tests.Specification;

/// <summary>What the outbox does in every database.</summary>
public abstract partial class OutboxSpecification(ParleyNode parley) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly List<Producer> _producers = [];
    private OutboxDatabase _database = null!;
    private Producer _producer = null!;

    /// <summary>Makes an empty database.</summary>
    private protected abstract Task<OutboxDatabase> CreateAsync();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        _producer = NewProducer();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var producer in _producers)
            await producer.DisposeAsync();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Producer NewProducer(Action<WebhookOutboxOptions>? configure = null)
    {
        var producer = new Producer(_database, parley, _time, configure);
        _producers.Add(producer);
        return producer;
    }

    private static WebhookMessage Message(string payload = "{}") => OutboxDatabase.Message(payload);

    [Fact]
    public async Task What_is_rolled_back_is_never_heard_of()
    {
        var application = await parley.NewApplicationAsync();
        await _database.WriteAsync(_producer.Services, [(application, Message())], commit: false);

        await _producer.RelayAsync();

        Assert.Equal(0, await _database.CountOrdersAsync());
        Assert.Empty(await _database.RowsAsync());
        Assert.Empty(await parley.MessagesAsync(application));
    }

    [Fact]
    public async Task What_is_committed_is_sent_once_with_all_its_fields_and_leaves_the_outbox()
    {
        var application = await parley.NewApplicationAsync();
        var deliverAt = _time.GetUtcNow().AddHours(1);
        await _database.WriteAsync(_producer.Services,
        [
            (application, Message("""{"s":"ü","n":1.50}""") with
            {
                Channels = ["eu", "a\"b"],
                Tags = ["t"],
                DeliverAt = deliverAt,
                ExpiresAt = deliverAt.AddHours(1),
            }),
        ]);

        await _producer.RelayAsync();
        await _producer.RelayAsync();

        Assert.Equal(1, await _database.CountOrdersAsync());
        Assert.Empty(await _database.RowsAsync());
        var message = Assert.Single(await parley.MessagesAsync(application));
        Assert.StartsWith("outbox-", message.GetProperty("uid").GetString(), StringComparison.Ordinal);
        Assert.Equal(("order.created", """["eu","a\u0022b"]""", """["t"]"""),
            (message.GetProperty("eventType").GetString(), message.GetProperty("channels").GetRawText(), message.GetProperty("tags").GetRawText()));
        Assert.Equal(deliverAt.ToUnixTimeMilliseconds(), message.GetProperty("deliverAt").GetDateTimeOffset().ToUnixTimeMilliseconds());
        Assert.Equal(deliverAt.AddHours(1).ToUnixTimeMilliseconds(), message.GetProperty("expiresAt").GetDateTimeOffset().ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_commit()
    {
        var application = await parley.NewApplicationAsync();

        await _database.WriteAsync(_producer.Services, [(application, Message())], beforeEnd: async () =>
        {
            await _producer.RelayAsync();
            Assert.Empty(await parley.MessagesAsync(application));
        });
        await _producer.RelayAsync();

        Assert.Single(await parley.MessagesAsync(application));
    }

    [Fact]
    public async Task What_cannot_be_accepted_throws_where_it_is_enqueued_and_the_transaction_goes_on()
    {
        var application = await parley.NewApplicationAsync();
        WebhookMessage[] wrong = [Message($"\"{new string('x', 256 * 1024)}\""), Message("{"), new("no spaces", "{}"u8.ToArray()), Message() with { Uid = "" }];

        IEnumerable<(string, WebhookMessage)> Messages()
        {
            yield return (application, Message("1"));
            foreach (var message in wrong)
                Assert.Equal("invalid", Assert.Throws<WebhookException>(() => Admit(message)).Code);
            yield return (application, Message("2"));
        }

        await _database.WriteAsync(_producer.Services, Messages());
        await _producer.RelayAsync();

        Assert.Equal(["1", "2"], await parley.PayloadsAsync(application));
        foreach (var message in wrong)
            await Assert.ThrowsAsync<WebhookException>(() => _database.WriteAsync(_producer.Services, [(application, message)]));

        void Admit(WebhookMessage message) => _producer.Admit(application, message);
    }

    [Fact]
    public async Task Messages_of_an_application_are_sent_in_the_order_of_their_enqueueing()
    {
        var application = await parley.NewApplicationAsync();
        await _database.WriteAsync(_producer.Services, application, "1", "2", "3");
        await _database.WriteAsync(_producer.Services, application, [.. Enumerable.Range(4, 247).Select(static number => $"{number}")]);

        await _producer.RelayAsync();

        Assert.Equal(Enumerable.Range(1, 250).Select(static number => $"{number}"), await parley.PayloadsAsync(application));
        Assert.Empty(await _database.RowsAsync());
    }

    [Fact]
    public async Task Two_messages_with_the_senders_own_uid_are_one()
    {
        var application = await parley.NewApplicationAsync();
        await _database.WriteAsync(_producer.Services, [(application, Message() with { Uid = "order-1" }), (application, Message() with { Uid = "order-1" })]);

        await _producer.RelayAsync();

        Assert.Equal("order-1", Assert.Single(await parley.MessagesAsync(application)).GetProperty("uid").GetString());
        Assert.Empty(await _database.RowsAsync());
    }

    [Fact]
    public async Task What_is_committed_is_sent_at_once()
    {
        var application = await parley.NewApplicationAsync();
        await _producer.StartAsync();

        await _database.WriteAsync(_producer.Services, [(application, Message())]);

        // Where the database tells of the commit, no time has to pass at all.
        await Eventually.BecomesAsync(
            () =>
            {
                if (!IsToldOfCommits)
                    _time.Advance(TimeSpan.FromMilliseconds(10));
                return parley.MessagesAsync(application);
            },
            static messages => messages.Count == 1);
        await EmptyAsync();
    }

    [Fact]
    public async Task What_nothing_told_of_is_found_by_looking()
    {
        var application = await parley.NewApplicationAsync();
        var other = NewProducer(static options => options.Relay = false);
        await _producer.StartAsync();
        await other.StartAsync();

        await _database.WriteAsync(other.Services, [(application, Message())]);

        await Eventually.BecomesAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(2));
                return parley.MessagesAsync(application);
            },
            static messages => messages.Count == 1);
        await EmptyAsync();
    }

    /// <summary>Whether a process hears of its own commits.</summary>
    private protected virtual bool IsToldOfCommits => true;

    private async Task EmptyAsync() => await Eventually.BecomesAsync(_database.RowsAsync, static rows => rows.Count == 0);

    private static WebhookStoreException Unavailable() => new(WebhookStoreProblem.Unavailable, "Not now.");
}
