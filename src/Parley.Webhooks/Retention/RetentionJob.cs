using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Retention;

/// <summary>Drops what is too old, in parts that hold up nobody.</summary>
internal sealed partial class RetentionJob(
    IWebhookStore store, IOptions<WebhookOptions> options, TimeProvider time, ILogger<RetentionJob> logger) : IDisposable
{
    /// <summary>Rows that are dropped in one transaction, behind which an accept may have to wait.</summary>
    private const int PartSize = 250;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);

    /// <summary>For how long a call with an Idempotency-Key is answered again as the first time.</summary>
    private static readonly TimeSpan KeyRetention = TimeSpan.FromHours(24);

    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _timer;
    private int _isRunning;

    public void Start() => _timer = time.CreateTimer(_ => _ = TryRunAsync(), null, Interval, Interval);

    public void Dispose()
    {
        _stopping.Cancel();
        _timer?.Dispose();
    }

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var request = new RetentionRequest(now - options.Value.Retention, now - options.Value.AttemptRetention, now - KeyRetention, PartSize);
        var started = time.GetTimestamp();
        while (await store.DropAsync(request, cancellationToken))
        {
            // Rests for as long as the part took: at least half of the store's time is for accepts and results.
            var taken = time.GetElapsedTime(started);
            await Task.Delay(taken < LongestRest ? taken : LongestRest, time, cancellationToken);
            started = time.GetTimestamp();
        }
    }

    private async Task TryRunAsync()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
            return;
        try
        {
            await RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    [LoggerMessage(EventId = 5105, Level = LogLevel.Error, Message = "Old webhooks could not be dropped now")]
    private partial void LogFailed(Exception exception);
}
