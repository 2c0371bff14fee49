using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Outbox.Diagnostics;
using Parley.Webhooks.Outbox.Storage;

namespace Parley.Webhooks.Outbox.Relaying;

/// <summary>Sends what is in the outbox, and deletes what was accepted.</summary>
/// <remarks>
/// A row is sent when all rows of its application before it were accepted, refused for good, or are gone because another relay did so. Hence
/// several relays at once keep the order as one does; the lease only saves them from doing the same work.
/// </remarks>
internal sealed partial class OutboxRelay(
    IOutboxStore store, IWebhooks webhooks, OutboxMetrics metrics, IOptions<WebhookOutboxOptions> options, TimeProvider time, Random random,
    ILogger<OutboxRelay> logger)
{
    private const int MaxRows = 100;
    private const int MaxBytes = 8 * 1024 * 1024;
    private const int MaxUnforeseen = 10;

    // Each is a parameter of the query. With more of them the others wait too.
    private const int MaxHeld = 1_000;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly string _owner = $"{Environment.MachineName}-{Guid.NewGuid():N}";
    private int _failures;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Sends all that is due.</summary>
    public async Task<RelayRest> RelayAsync(CancellationToken stopping)
    {
        try
        {
            if ((await store.ReadAsync(new OutboxQuery(1, 0, []), stopping)).Count == 0 || !await TakeLeaseAsync(stopping))
                return new RelayRest(options.Value.PollInterval, IsPause: false);
            try
            {
                return await DrainAsync(stopping);
            }
            finally
            {
                await store.ReleaseAsync(_owner, CancellationToken.None);
            }
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            var pause = NextPause();
            LogDatabase(pause.TotalSeconds, exception);
            return new RelayRest(pause, IsPause: true);
        }
    }

    private async Task<RelayRest> DrainAsync(CancellationToken stopping)
    {
        var held = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        while (true)
        {
            var rows = held.Count > MaxHeld ? [] : await store.ReadAsync(new OutboxQuery(MaxRows, MaxBytes, [.. held.Keys]), stopping);
            if (rows.Count == 0)
                return new RelayRest(UntilFirst(held.Values), IsPause: false);

            var batch = new Batch(held);
            await Parallel.ForEachAsync(
                rows.GroupBy(static row => row.Application, StringComparer.Ordinal),
                new ParallelOptions { MaxDegreeOfParallelism = options.Value.Concurrency },
                (application, _) => SendAllAsync(application, batch, stopping));
            // Also when the process stops: what is not deleted now is sent again later.
            await store.CompleteAsync([.. batch.Sent], [.. batch.Troubles], CancellationToken.None);
            stopping.ThrowIfCancellationRequested();

            if (!batch.Sent.IsEmpty)
                _failures = 0;
            if (batch.IsUnavailable)
            {
                var pause = NextPause();
                LogUnavailable(pause.TotalSeconds, batch.Troubles.Last(static trouble => trouble.FailedAt is null).Error);
                return new RelayRest(pause, IsPause: true);
            }

            await TakeLeaseAsync(stopping);
        }
    }

    /// <summary>Sends rows of one application, one after the other.</summary>
    private async ValueTask SendAllAsync(IEnumerable<OutboxRow> rows, Batch batch, CancellationToken stopping)
    {
        foreach (var row in rows)
        {
            if (stopping.IsCancellationRequested || batch.IsUnavailable)
                return;
            if (row.DueAt > Now)
            {
                batch.Held[row.Application] = row.DueAt;
                return;
            }

            var (outcome, exception) = await SendAsync(row, stopping);
            if (stopping.IsCancellationRequested && exception is OperationCanceledException)
                return;
            metrics.Sent(outcome, TimeSpan.FromMilliseconds(Now - row.EnqueuedAt));
            if (exception is null)
            {
                batch.Sent.Add(row);
                continue;
            }

            var trouble = ToTrouble(row, outcome, exception);
            batch.Troubles.Enqueue(trouble);
            if (trouble.FailedAt is not null)
            {
                LogRefused(row.Uid, row.EventType, row.Application, trouble.Error);
                continue;
            }

            if (outcome is SendOutcome.Unavailable)
                batch.IsUnavailable = true;
            else
                batch.Held[row.Application] = trouble.DueAt;
            return;
        }
    }

    private async ValueTask<(SendOutcome Outcome, Exception? Exception)> SendAsync(OutboxRow row, CancellationToken stopping)
    {
        try
        {
            var receipt = await webhooks.SendAsync(row.Application, row.ToMessage(), stopping);
            return (receipt.IsDuplicate ? SendOutcome.Duplicate : SendOutcome.Accepted, null);
        }
        catch (Exception exception)
        {
            return (SendFailures.Judge(exception), exception);
        }
    }

    private OutboxTrouble ToTrouble(OutboxRow row, SendOutcome outcome, Exception exception)
    {
        var error = SendFailures.Describe(exception);
        if (outcome is SendOutcome.Unavailable)
            return new OutboxTrouble(row, error, row.Attempts, row.DueAt, FailedAt: null);

        var attempts = row.Attempts + 1;
        var isFinal = outcome is SendOutcome.Refused || (outcome is SendOutcome.Unforeseen && attempts >= MaxUnforeseen);
        var dueAt = Now + (long)PauseAfter(attempts).TotalMilliseconds;
        if (!isFinal)
            LogLater(row.Uid, row.EventType, row.Application, attempts, error);
        return new OutboxTrouble(row, error, attempts, isFinal ? row.DueAt : dueAt, isFinal ? Now : null);
    }

    private ValueTask<bool> TakeLeaseAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        return store.TryLeaseAsync(_owner, now, now + (long)Lease.TotalMilliseconds, cancellationToken);
    }

    private TimeSpan UntilFirst(ICollection<long> dueTimes)
    {
        var poll = options.Value.PollInterval;
        if (dueTimes.Count == 0)
            return poll;
        var wait = TimeSpan.FromMilliseconds(Math.Max(1, dueTimes.Min() - Now));
        return wait < poll ? wait : poll;
    }

    private TimeSpan NextPause() => PauseAfter(++_failures);

    /// <summary>Twice as long after each failure, less up to a half, so that processes do not come back together.</summary>
    private TimeSpan PauseAfter(int failures)
    {
        var pause = ShortestPause * Math.Pow(2, Math.Min(failures, 10) - 1);
        return (pause < LongestPause ? pause : LongestPause) * (1 - (random.NextDouble() / 2));
    }

    private sealed class Batch(ConcurrentDictionary<string, long> held)
    {
        private volatile bool _isUnavailable;

        /// <summary>Until when applications wait.</summary>
        public ConcurrentDictionary<string, long> Held => held;

        public ConcurrentBag<OutboxRow> Sent { get; } = [];

        public ConcurrentQueue<OutboxTrouble> Troubles { get; } = [];

        public bool IsUnavailable
        {
            get => _isUnavailable;
            set => _isUnavailable = value;
        }
    }
}

/// <summary>How long the relay rests.</summary>
/// <param name="Wait">At most.</param>
/// <param name="IsPause">Whether to wait so long in any case, and not only until something is enqueued.</param>
internal readonly record struct RelayRest(TimeSpan Wait, bool IsPause);
