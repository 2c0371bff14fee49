namespace Parley.Webhooks.Outbox;

/// <summary>What may be written to the outbox, and how it is relayed.</summary>
public sealed class WebhookOutboxOptions
{
    /// <summary>
    /// Largest payload in bytes, 1 to 16 MiB: what is larger throws where it is enqueued. No more than the <c>MaxPayloadBytes</c> of the
    /// webhooks, which would refuse the rest after the commit. Default 256 KiB.
    /// </summary>
    public int MaxPayloadBytes { get; set; } = 256 * 1024;

    /// <summary>Whether this process relays; false when another one does. Default true.</summary>
    public bool Relay { get; set; } = true;

    /// <summary>How often the relay looks for rows that nothing told it of, 100 milliseconds to 10 minutes. Default 2 seconds.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Applications whose messages are sent at once, 1 to 256; those of one go one after the other. Default 8.</summary>
    public int Concurrency { get; set; } = 8;
}
