using Microsoft.Extensions.Options;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Outbox.Relaying;
using Parley.Webhooks.Outbox.Storage;

namespace Parley.Webhooks.Outbox.Enqueuing;

/// <summary>Makes rows of messages. What is wrong throws here, before anything was written in the application's transaction.</summary>
internal sealed class OutboxIntake(IOptions<WebhookOutboxOptions> options, OutboxSignal signal, TimeProvider time)
{
    /// <summary>For where no services are at hand: the default limits, and nobody to wake.</summary>
    public static OutboxIntake Default { get; } = new(Options.Create(new WebhookOutboxOptions()), new OutboxSignal(TimeProvider.System), TimeProvider.System);

    public OutboxSignal Signal => signal;

    /// <exception cref="WebhookException">It could not be accepted.</exception>
    public OutboxRow Admit(string application, WebhookMessage message)
    {
        ArgumentException.ThrowIfNullOrEmpty(application);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(application.Length, OutboxNames.MaxApplication, nameof(application));
        var now = time.GetUtcNow();
        var maxBytes = options.Value.MaxPayloadBytes;
        using (var document = message.Payload.Length > maxBytes ? null : MessageRules.Read(message.Payload))
        {
            if (MessageRules.Check(message, document, maxBytes, now) is { Count: > 0 } errors)
                throw WebhookProblem.Invalid(errors).ToException();
        }

        return new OutboxRow
        {
            Uid = message.Uid ?? $"outbox-{Guid.CreateVersion7(now):N}",
            Application = application,
            EventType = message.EventType,
            Payload = message.Payload.ToArray(), // the caller may use its buffer again
            Channels = OutboxNames.ToJson(message.Channels),
            Tags = OutboxNames.ToJson(message.Tags),
            DeliverAt = message.DeliverAt?.ToUnixTimeMilliseconds(),
            ExpiresAt = message.ExpiresAt?.ToUnixTimeMilliseconds(),
            EnqueuedAt = now.ToUnixTimeMilliseconds(),
        };
    }
}
