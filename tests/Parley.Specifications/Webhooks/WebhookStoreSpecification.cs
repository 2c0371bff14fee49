using System.Text;
using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;

namespace Parley.Specifications.Webhooks;

/// <summary>What every store of webhooks does.</summary>
public abstract partial class WebhookStoreSpecification : IAsyncLifetime
{
    private const int ManyExamined = 10_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));
    private IWebhookStore _store = null!;
    private IdGenerator _ids = null!;
    private Guid _application;

    /// <summary>Opens an empty store, or the same one again after it was closed.</summary>
    /// <param name="maxExamined">Rows that a page of a list looks at.</param>
    private protected abstract Task<IWebhookStore> OpenAsync(int maxExamined);

    public async ValueTask InitializeAsync()
    {
        _ids = new IdGenerator(_time);
        _store = await OpenAsync(ManyExamined);
        _application = (await AddApplicationAsync()).Id;
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The clock of all that happens.</summary>
    private protected TimeProvider Time => _time;

    private DateTimeOffset Now => _time.GetUtcNow();

    private static ReadOnlyMemory<byte> Json(string text) => Encoding.UTF8.GetBytes(text);

    private async Task ReopenAsync(int maxExamined = ManyExamined)
    {
        await _store.DisposeAsync();
        _store = await OpenAsync(maxExamined);
    }

    private async Task<Resource> AddApplicationAsync(string? uid = null)
    {
        var resource = new Resource { Kind = ResourceKind.Application, Id = _ids.Next(), Name = uid, Document = Json("{}") };
        Assert.Equal(ResourceWrite.Done, await _store.AddAsync(resource));
        return resource;
    }

    private async Task<Guid> AddEndpointAsync()
    {
        var id = _ids.Next();
        Assert.Equal(ResourceWrite.Done, await _store.AddAsync(
            new Resource { Kind = ResourceKind.Endpoint, Id = id, Parent = _application, Document = Json("{}") }));
        return id;
    }

    private Message NewMessage(string payload = "{\"n\":1}", string? uid = null, string type = "order.created") => new()
    {
        Id = _ids.Next(),
        Application = _application,
        EventType = type,
        Uid = uid,
        Payload = Json(payload),
        AcceptedAt = Now,
    };

    /// <summary>Accepts a message for endpoints, due now.</summary>
    private async Task<Message> AcceptAsync(params Guid[] endpoints)
    {
        var message = NewMessage();
        await AcceptAsync(message, endpoints);
        return message;
    }

    private async Task<AcceptResult> AcceptAsync(Message message, params Guid[] endpoints) => await _store.AcceptAsync(
        new Acceptance(message, [.. endpoints.Select(endpoint => new NewDelivery(endpoint, message.DeliverAt ?? Now, IsLeased: false))]));

    private async Task<Claim> ClaimAsync(Guid endpoint, int limit = 100, bool isOrdered = false, int maxBytes = 1_000_000) =>
        await _store.ClaimAsync(new ClaimRequest
        {
            Endpoint = endpoint,
            Now = Now,
            LeaseUntil = Now + Lease,
            Limit = limit,
            IsOrdered = isOrdered,
            MaxBytes = maxBytes,
        });

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private async Task<bool> CompleteAsync(
        Delivery leased, DeliveryState state, TimeSpan? after = null, DeliveryError? error = null, int? status = null, int step = 0) =>
        await _store.CompleteAsync(new Completion
        {
            Key = leased.Key,
            Fence = leased.Fence,
            State = state,
            DueAt = after is null ? null : Now + after,
            Step = step,
            Error = error,
            Now = Now,
            Attempt = new Attempt
            {
                Key = leased.Key,
                Number = leased.Attempts + 1,
                StartedAt = Now,
                Duration = TimeSpan.FromMilliseconds(12.5),
                Status = status,
                Error = error,
                Trigger = leased.Trigger,
            },
        });

    private async Task<Delivery> DeliveryAsync(Guid message, Guid endpoint) =>
        (await _store.ReadDeliveryAsync(new DeliveryKey(message, endpoint)))!;
}
