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

    /// <summary>Interruptions beyond the schedule after which it is given up: perhaps it is this delivery that ends the process.</summary>
    private const int MaxInterruptions = 5;

    /// <summary>Between tries at what this server cannot do now. After <see cref="RetrySchedule.ShortWaits"/> of them the schedule has it.</summary>
    private static readonly TimeSpan PostponedFor = TimeSpan.FromSeconds(5);

    /// <summary>Only a cancellation throws: then nothing is known of the attempt.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="delivery">Which.</param>
    /// <param name="message">What; null when it is gone.</param>
    /// <param name="isCurrent">Asks whether the endpoint is still as it is given.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<AttemptOutcome> RunAsync(
        Endpoint endpoint, Delivery delivery, Message? message, Func<ValueTask<bool>> isCurrent, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (message is null)
            return End(delivery, DeliveryState.Cancelled, DeliveryError.MessageGone);
        if (message.ExpiresAt <= now)
            return End(delivery, DeliveryState.Cancelled, DeliveryError.Expired);
        if (!endpoint.BlocksOnFailure && delivery.Step >= endpoint.Schedule.Count + MaxInterruptions)
            return End(delivery, DeliveryState.Failed, DeliveryError.Interrupted);

        return await exchanges.RunAsync(endpoint, message, delivery.Attempts + 1, [], isCurrent, cancellationToken) switch
        {
            { IsOutdated: true } => Postpone(delivery, time.GetUtcNow(), delivery.LastError, endpoint.Ordered),
            null => End(delivery, DeliveryState.Cancelled, DeliveryError.TransformationCancelled),
            { IsPostponed: true, Error: var error } when delivery.Waits < RetrySchedule.ShortWaits =>
                Postpone(delivery with { Waits = delivery.Waits + 1 }, time.GetUtcNow() + PostponedFor, error, endpoint.Ordered),
            var result => Decide(endpoint, delivery, message, result),
        };
    }

    /// <summary>Gives a delivery back without an attempt.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="dueAt">When it is due again.</param>
    /// <param name="error">What stands in the way.</param>
    /// <param name="holdsUp">Whether those behind it must wait, which they do not for one whose time has not come.</param>
    public AttemptOutcome Postpone(Delivery delivery, DateTimeOffset dueAt, DeliveryError? error, bool holdsUp = false) => new()
    {
        Completion = new Completion
        {
            Key = delivery.Key,
            Fence = delivery.Fence,
            State = delivery.Attempts == 0 && !holdsUp ? DeliveryState.Pending : DeliveryState.Waiting,
            DueAt = dueAt,
            Step = delivery.Step,
            Waits = delivery.Waits,
            Error = error,
            Now = time.GetUtcNow(),
        },
    };

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
        var asked = Asked(result);
        var (state, dueAt, step, waits, error) = Next(endpoint, delivery, message, result, asked, now);
        return new AttemptOutcome
        {
            Result = result,
            Hold = asked,
            IsBusy = asked is not null && (dueAt is null || dueAt == now + asked),
            Disable = result.Directive is ReceiverDirective.Disable ? DisabledReason.ReceiverRefused
                : result.Status == Gone ? DisabledReason.Gone : null,
            Completion = new Completion
            {
                Key = delivery.Key,
                Fence = delivery.Fence,
                State = state,
                DueAt = dueAt,
                Step = step,
                Waits = waits,
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

    /// <returns>How long the receiver wants nothing; null: it does not say.</returns>
    private static TimeSpan? Asked(SendResult result) => result is { Status: TooManyRequests or Unavailable, RetryAfter: { } asked }
        ? asked < RetrySchedule.ShortestWait ? RetrySchedule.ShortestWait : asked
        : null;

    private (DeliveryState State, DateTimeOffset? DueAt, int Step, int Waits, DeliveryError? Error) Next(
        Endpoint endpoint, Delivery delivery, Message message, SendResult result, TimeSpan? asked, DateTimeOffset now)
    {
        var (step, waits) = (delivery.Step, delivery.Waits);
        if (result.Error is null)
            return (DeliveryState.Succeeded, null, step, waits, null);
        if (result.Directive is ReceiverDirective.AbortMessage)
            return (DeliveryState.Failed, null, step, waits, DeliveryError.Aborted);

        if (result.Error.Value.IsLasting())
            return (DeliveryState.Failed, null, step, waits, result.Error);

        var next = RetrySchedule.Next(endpoint.Schedule, step, waits, endpoint.BlocksOnFailure, asked, random.NextDouble());
        if (next is not { } retry)
            return (DeliveryState.Failed, null, step, waits, result.Error);
        var dueAt = now + retry.Delay;
        // One that would come too late is given up at once, and shows.
        return dueAt >= message.ExpiresAt
            ? (DeliveryState.Cancelled, null, step, waits, DeliveryError.Expired)
            : (DeliveryState.Waiting, dueAt, retry.Step, retry.Waits, result.Error);
    }
}

/// <summary>What an attempt leads to.</summary>
internal sealed record AttemptOutcome
{
    public required Completion Completion { get; init; }

    /// <summary>Null when nothing was sent.</summary>
    public SendResult? Result { get; init; }

    /// <summary>How long the receiver wants nothing at all; null: it does not say.</summary>
    public TimeSpan? Hold { get; init; }

    /// <summary>The receiver is neither ill nor well: it has said when to ask again, and that is when it is asked.</summary>
    public bool IsBusy { get; init; }

    /// <summary>Set when the receiver wants nothing more.</summary>
    public DisabledReason? Disable { get; init; }
}
