using Microsoft.Extensions.Diagnostics.HealthChecks;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Diagnostics;

/// <summary>Says whether webhooks can be stored. It writes to find out, but no more often than every few seconds.</summary>
internal sealed class WebhookHealthCheck(IWebhookStore store, TimeProvider time) : IHealthCheck
{
    public const string Name = "parley.webhooks";

    /// <summary>About what a message needs; a few bytes find room on a disk that is full for all others.</summary>
    private const int Written = 64 * 1024;

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Guid Id = new("00000000-0000-7000-8000-000000000001");

    private readonly Lock _gate = new();
    private Task<HealthCheckResult>? _answer;
    private long _askedAt;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await CheckAsync(cancellationToken);

    /// <summary>Only a cancellation throws.</summary>
    public async Task<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Ask().WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy("The webhooks' store does not answer.");
        }
    }

    /// <summary>Says for a while that webhooks cannot be stored, since one could not be.</summary>
    public void Note(WebhookStoreException failure)
    {
        lock (_gate)
            (_answer, _askedAt) = (Task.FromResult(Unhealthy(failure)), time.GetTimestamp());
    }

    private Task<HealthCheckResult> Ask()
    {
        lock (_gate)
        {
            if (_answer is null || (_answer.IsCompleted && time.GetElapsedTime(_askedAt) >= Kept))
                (_answer, _askedAt) = (WriteAsync(), time.GetTimestamp());
            return _answer;
        }
    }

    private async Task<HealthCheckResult> WriteAsync()
    {
        // Who asks must not run it within the lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var known = await store.ReadAsync(ResourceKind.Probe, Id);
            var probe = new Resource { Kind = ResourceKind.Probe, Id = Id, Revision = (known?.Revision ?? 0) + 1, Document = new byte[Written] };
            // That another node writes it at the same moment is as good.
            _ = known is null ? await store.AddAsync(probe) : await store.ReplaceAsync(probe);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception)
        {
            return Unhealthy(exception);
        }
    }

    private static HealthCheckResult Unhealthy(Exception exception) =>
        HealthCheckResult.Unhealthy(exception is WebhookStoreException ? exception.Message : "The webhooks' store cannot be used.", exception);
}
