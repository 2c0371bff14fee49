namespace Parley.Webhooks.Outbox.Tests.Support;

/// <summary>The way to Parley, which a test can close before and after a message has passed.</summary>
internal sealed class Gate(IWebhooks webhooks) : IWebhooks
{
    private volatile Func<string, WebhookMessage, Task>? _before;
    private volatile Func<string, WebhookMessage, Task>? _after;
    private int _passed;

    /// <summary>How many messages Parley has accepted, each as often as it came.</summary>
    public int Passed => Volatile.Read(ref _passed);

    public Func<string, WebhookMessage, Task>? Before
    {
        set => _before = value;
    }

    public Func<string, WebhookMessage, Task>? After
    {
        set => _after = value;
    }

    public async ValueTask<WebhookReceipt> SendAsync(string application, WebhookMessage message, CancellationToken cancellationToken = default)
    {
        if (_before is { } before)
            await before(application, message).WaitAsync(cancellationToken);
        var receipt = await webhooks.SendAsync(application, message, cancellationToken);
        Interlocked.Increment(ref _passed);
        if (_after is { } after)
            await after(application, message);
        return receipt;
    }
}
