using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite.Tests;

/// <summary>A file has one process: what the one before had leased, nobody else sends.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_lease_of_a_process_that_is_gone_is_due_since_the_start()
    {
        var message = new Message
        {
            Id = Guid.CreateVersion7(),
            Application = Guid.CreateVersion7(),
            EventType = "order.created",
            Payload = "1"u8.ToArray(),
            AcceptedAt = _time.GetUtcNow(),
        };
        await using (var before = new SqliteWebhookStore(_folder.File("webhooks.db"), _time))
        {
            await before.OpenAsync();
            await before.AcceptAsync(new Acceptance(message, [new NewDelivery(Guid.CreateVersion7(), _time.GetUtcNow().AddHours(1), IsLeased: true)]));
        }

        _time.Advance(TimeSpan.FromMinutes(10));
        await using var store = new SqliteWebhookStore(_folder.File("webhooks.db"), _time);
        await store.OpenAsync();

        Assert.Equal(new Backlog(_time.GetUtcNow(), 1), await store.ReadBacklogAsync(_time.GetUtcNow()));
    }

    public void Dispose() => _folder.Dispose();
}
