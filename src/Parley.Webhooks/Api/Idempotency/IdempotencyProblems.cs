namespace Parley.Webhooks.Api.Idempotency;

/// <summary>What can be wrong with an Idempotency-Key.</summary>
internal static class IdempotencyProblems
{
    public static WebhookException Malformed() => new WebhookProblem(
        400, "invalid_idempotency_key", "The header Idempotency-Key must be one, of 1 to 256 visible characters of ASCII.").ToException();

    public static WebhookException Reused() => new WebhookProblem(
        422, "idempotency_key_reused", "The Idempotency-Key was used for another request of this kind. Send each request with a key of its own.").ToException();

    public static WebhookException InUse() => new WebhookProblem(409, "idempotency_key_in_use", "A call with this Idempotency-Key is under way.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    }.ToException();
}
