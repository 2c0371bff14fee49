namespace Parley.Webhooks.Verification;

/// <summary>Remembers the newest ids in this process. Thread-safe.</summary>
public sealed class WebhookIdMemory : IWebhookIdStore
{
    /// <summary>Ids that are remembered unless said otherwise.</summary>
    public const int DefaultCapacity = 100_000;

    private readonly int _capacity;
    private readonly TimeSpan _retention;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, bool> _isProcessed = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, long Since)> _processed = new();

    /// <summary>Makes an empty memory.</summary>
    /// <param name="capacity">Processed ids that are remembered at most, 1 or more; beyond it the oldest are forgotten.</param>
    /// <param name="retention">How long one is remembered, at least as long as timestamps are accepted. Default 24 hours.</param>
    /// <param name="time">The clock. Default the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> or <paramref name="retention"/> is not above zero.</exception>
    public WebhookIdMemory(int capacity = DefaultCapacity, TimeSpan? retention = null, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _capacity = capacity;
        _retention = retention ?? TimeSpan.FromHours(24);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_retention, TimeSpan.Zero, nameof(retention));
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public ValueTask<WebhookIdClaim> ClaimAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_lock)
        {
            Forget();
            if (_isProcessed.TryGetValue(id, out var isProcessed))
                return ValueTask.FromResult(isProcessed ? WebhookIdClaim.Processed : WebhookIdClaim.InProgress);
            _isProcessed.Add(id, false);
            return ValueTask.FromResult(WebhookIdClaim.Process);
        }
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(string id, bool processed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        lock (_lock)
        {
            if (!_isProcessed.TryGetValue(id, out var isProcessed) || isProcessed)
                return ValueTask.CompletedTask;
            if (!processed)
            {
                _isProcessed.Remove(id);
                return ValueTask.CompletedTask;
            }

            _isProcessed[id] = true;
            _processed.Enqueue((id, _time.GetTimestamp()));
            Forget();
            return ValueTask.CompletedTask;
        }
    }

    private void Forget()
    {
        while (_processed.TryPeek(out var oldest) && (_processed.Count > _capacity || _time.GetElapsedTime(oldest.Since) >= _retention))
        {
            _processed.Dequeue();
            _isProcessed.Remove(oldest.Id);
        }
    }
}
