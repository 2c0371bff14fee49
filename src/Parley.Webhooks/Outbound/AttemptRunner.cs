using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Outbound.Sending;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbound;

/// <summary>Makes an attempt at a delivery, and says what becomes of it.</summary>
internal sealed class AttemptRunner(ExchangeRunner exchanges, TimeProvider time, Random random)
{
    private const int Gone = 410;
    private const int TooManyRequests = 429;
    private const int Unavailable = 503;

    /// <summary>Only a cancellation throws: then nothing is known of the attempt.</summary>
    public async Task<AttemptOutcome> RunAsync(Endpoint endpoint, Delivery delivery, Message? message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (message is null)
            return End(delivery, DeliveryState.Cancelled, DeliveryError.MessageGone);
        if (message.ExpiresAt <= now)
            return End(delivery, DeliveryState.Cancelled, DeliveryError.Expired);

        return await exchanges.RunAsync(endpoint, message, delivery.Attempts + 1, [], cancellationToken) is { } result
            ? Decide(endpoint, delivery, message, result)
            : End(delivery, DeliveryState.Cancelled, DeliveryError.TransformationCancelled);
    }

    /// <summary>A delivery that ends without an attempt.</summary>
    public AttemptOutcome End(Delivery delivery, DeliveryState state, DeliveryError reason) => new()
    {
        Completion = new Completion
        {
            Key = delivery.Key,
            Fence = delivery.Fence,
            State = state,
            Step = delivery.Step,
            Error = reason,
            Now = time.GetUtcNow(),
        },
    };

    private AttemptOutcome Decide(Endpoint endpoint, Delivery delivery, Message message, SendResult result)
    {
        var now = time.GetUtcNow();
        var (state, dueAt, error) = Next(endpoint, delivery, message, result, now);
        return new AttemptOutcome
        {
            Result = result,
            Disable = result.Directive is ReceiverDirective.Disable ? DisabledReason.ReceiverRefused
                : result.Status == Gone ? DisabledReason.Gone : null,
            Completion = new Completion
            {
                Key = delivery.Key,
                Fence = delivery.Fence,
                State = state,
                DueAt = dueAt,
                Step = state is DeliveryState.Waiting ? delivery.Step + 1 : delivery.Step,
                Error = error,
                Now = now,
                Attempt = new Attempt
                {
                    Key = delivery.Key,
                    Number = delivery.Attempts + 1,
                    StartedAt = result.StartedAt,
                    Duration = result.Duration,
                    Status = result.Status,
                    Error = result.Error,
                    Trigger = delivery.Trigger,
                    Exchange = result.Exchange,
                },
            },
        };
    }

    private (DeliveryState State, DateTimeOffset? DueAt, DeliveryError? Error) Next(
        Endpoint endpoint, Delivery delivery, Message message, SendResult result, DateTimeOffset now)
    {
        if (result.Error is null)
            return (DeliveryState.Succeeded, null, null);
        if (result.Directive is ReceiverDirective.AbortMessage)
            return (DeliveryState.Failed, null, DeliveryError.Aborted);

        if (result.Error.Value.IsLasting())
            return (DeliveryState.Failed, null, result.Error);

        var asked = result.Status is TooManyRequests or Unavailable ? result.RetryAfter : null;
        var delay = RetrySchedule.Next(endpoint.Schedule, delivery.Step, repeatsLast: false, asked, random.NextDouble());
        if (delay is null)
            return (DeliveryState.Failed, null, result.Error);
        var dueAt = now + delay.Value;
        // One that would come too late is given up at once, and shows.
        return dueAt >= message.ExpiresAt ? (DeliveryState.Cancelled, null, DeliveryError.Expired) : (DeliveryState.Waiting, dueAt, result.Error);
    }
}

/// <summary>What an attempt leads to.</summary>
internal sealed record AttemptOutcome
{
    public required Completion Completion { get; init; }

    /// <summary>Null when nothing was sent.</summary>
    public SendResult? Result { get; init; }

    /// <summary>Set when the receiver wants nothing more.</summary>
    public DisabledReason? Disable { get; init; }
}
