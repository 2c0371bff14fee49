using System.Text.Json;
using Microsoft.Extensions.Logging;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Filters;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Work;

namespace Parley.Webhooks.Replays;

/// <summary>Works on replays, part by part. What a part has done is stored with where the next one begins.</summary>
/// <remarks>A process that ends between the two does one part again: receivers may get it twice, as they may get anything twice.</remarks>
internal sealed partial class ReplayRunner(
    IWebhookStore store, WebhookCatalog catalog, Dispatcher dispatcher, TimeProvider time, ILogger<ReplayRunner> logger) : IDisposable
{
    private const int PartSize = 200;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private CoalescedWork? _rounds;
    private ITimer? _timer;

    private CoalescedWork Rounds => LazyInitializer.EnsureInitialized(ref _rounds, () => new CoalescedWork(TryRoundAsync));

    public void Start() => _timer = time.CreateTimer(_ => Look(), null, TimeSpan.Zero, Interval);

    /// <summary>Ends after the part that is under way.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Rounds.Run;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _timer?.Dispose();
    }

    /// <summary>Looks for replays that nobody works on, without waiting for them.</summary>
    public void Look() => Rounds.Ask();

    private async Task TryRoundAsync()
    {
        try
        {
            // A part of each in turn, so that a long one holds up no other, and none that is made meanwhile. Those that are over have no name.
            await foreach (var replay in store.EveryNamedAsync(ResourceKind.Replay, _stopping.Token).Select(Documents.ToReplay))
            {
                _stopping.Token.ThrowIfCancellationRequested();
                if (replay.State is ReplayState.Running && replay.LeasedUntil <= time.GetUtcNow()
                    && await TryPartAsync(replay) is { State: ReplayState.Running })
                    Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops; the replays go on where they were.
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
    }

    /// <returns>As it was stored; null when it cannot go on now, or somebody else has it.</returns>
    private async Task<Replay?> TryPartAsync(Replay replay)
    {
        try
        {
            // Whoever stores the next revision has it; the others see that it changed.
            return await StoreAsync(replay with { LeasedUntil = time.GetUtcNow() + Lease }, _stopping.Token) is { } leased
                // What a part has done is stored also when the process stops: it would be done again.
                ? await StoreAsync((await PartAsync(leased, CancellationToken.None)) with { LeasedUntil = default }, CancellationToken.None)
                : null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(exception);
            return null;
        }
    }

    /// <returns>As it was stored; null when somebody has changed it meanwhile.</returns>
    private async Task<Replay?> StoreAsync(Replay replay, CancellationToken cancellationToken)
    {
        var changed = replay with { Revision = replay.Revision + 1, UpdatedAt = time.GetUtcNow() };
        return await store.ReplaceAsync(changed.ToResource(), cancellationToken) is ResourceWrite.Done ? changed : null;
    }

    private async Task<Replay> PartAsync(Replay replay, CancellationToken cancellationToken)
    {
        if (await catalog.FindEndpointAsync(replay.Application, replay.Endpoint) is not { State: EndpointState.Active } endpoint)
            return replay with { State = ReplayState.Cancelled };

        var (keys, cursor, examined) = replay.Scope is ReplayScope.Failed
            ? await FailedAsync(replay, cancellationToken)
            : await WantedAsync(replay, endpoint, cancellationToken);
        var request = new RetryRequest
        {
            Application = replay.Application,
            Keys = keys,
            Now = time.GetUtcNow(),
            Trigger = AttemptTrigger.Replay,
            Scope = replay.Scope is ReplayScope.Missing ? RetryScope.Withheld : RetryScope.Final,
            AddMissing = replay.Scope is not ReplayScope.Failed,
        };
        var replayed = replay.DryRun ? await CountAsync(replay, keys, cancellationToken) : (await store.RetryAsync(request, cancellationToken)).Count;
        if (!replay.DryRun && replayed > 0)
            dispatcher.Poke(replay.Application, replay.Endpoint);
        return replay with
        {
            Cursor = cursor ?? replay.Cursor,
            Examined = replay.Examined + examined,
            Replayed = replay.Replayed + replayed,
            State = cursor is null ? ReplayState.Completed : ReplayState.Running,
        };
    }

    /// <summary>
    /// Goes through the dead letter in the order of acceptance, since that of failure has no index: with the retries of days, what failed
    /// lately may have been accepted at any time before the end.
    /// </summary>
    private async Task<(List<DeliveryKey> Keys, Guid? Cursor, int Examined)> FailedAsync(Replay replay, CancellationToken cancellationToken)
    {
        var page = await store.ListDeliveriesAsync(
            new DeliveryQuery
            {
                Endpoint = replay.Endpoint,
                State = DeliveryState.Failed,
                Until = replay.Until,
                Cursor = replay.Cursor is { } message ? new DeliveryKey(message, replay.Endpoint) : null,
                IsOldestFirst = true,
                Limit = PartSize,
            },
            cancellationToken);
        var keys = new List<DeliveryKey>();
        foreach (var delivery in page.Items)
        {
            if (replay.Covers(delivery.UpdatedAt) && (!replay.IsFiltered || await IsMeantAsync(replay, delivery.Key.Message, cancellationToken)))
                keys.Add(delivery.Key);
        }

        return (keys, page.Next?.Message, page.Items.Count);
    }

    private async Task<bool> IsMeantAsync(Replay replay, Guid message, CancellationToken cancellationToken) =>
        await store.ReadMessageAsync(replay.Application, message, cancellationToken) is { } found && replay.Means(found);

    private async Task<(List<DeliveryKey> Keys, Guid? Cursor, int Examined)> WantedAsync(
        Replay replay, Endpoint endpoint, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var page = await store.ListMessagesAsync(
            new MessageQuery
            {
                Application = replay.Application,
                // A pattern is no name that the store could look for.
                EventType = EventTypeName.IsValid(replay.EventType) ? replay.EventType : null,
                Channel = replay.Channel,
                Since = replay.Since,
                Until = replay.Until,
                Cursor = replay.Cursor,
                IsOldestFirst = true,
                Limit = PartSize,
            },
            cancellationToken);
        var keys = new List<DeliveryKey>();
        foreach (var message in page.Items)
        {
            // Neither is what would be too late sent, nor what is not to be sent yet.
            if (!(message.ExpiresAt <= now) && !(message.DeliverAt > now) && replay.Means(message) && await IsWantedAsync(endpoint, message, cancellationToken))
                keys.Add(new DeliveryKey(message.Id, replay.Endpoint));
        }

        return (keys, page.Next, page.Items.Count);
    }

    private async Task<bool> IsWantedAsync(Endpoint endpoint, Message listed, CancellationToken cancellationToken)
    {
        // Lists have no payloads, and most endpoints need none.
        if (endpoint.Filter is null || !endpoint.MayWant(listed))
            return endpoint.MayWant(listed);
        if (await store.ReadMessageAsync(listed.Application, listed.Id, cancellationToken) is not { } message)
            return false;
        using var payload = JsonDocument.Parse(message.Payload);
        return endpoint.Wants(message, () => new FilteredMessage(message, payload.RootElement));
    }

    private async Task<int> CountAsync(Replay replay, List<DeliveryKey> keys, CancellationToken cancellationToken)
    {
        if (replay.Scope is ReplayScope.Failed)
            return keys.Count;
        var count = 0;
        foreach (var key in keys)
        {
            var delivery = await store.ReadDeliveryAsync(key, cancellationToken);
            if (delivery is null || (replay.Scope is ReplayScope.All ? delivery.IsFinal : delivery.IsWithheld))
                count++;
        }

        return count;
    }

    [LoggerMessage(EventId = 5112, Level = LogLevel.Error, Message = "Replays could not go on now")]
    private partial void LogFailed(Exception exception);
}
