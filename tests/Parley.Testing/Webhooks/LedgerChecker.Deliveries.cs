namespace Parley.Testing.Webhooks;

/// <content>What the server says of its deliveries, against what the receivers saw.</content>
public sealed partial class LedgerChecker
{
    private const double Jitter = 0.1;

    /// <summary>The server keeps milliseconds, and clocks are read one after the other.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(0.1);

    private void CheckDeliveries()
    {
        foreach (var delivery in _history.Deliveries)
        {
            var what = $"{delivery.Message} to {delivery.Endpoint} ({delivery.State} after {delivery.Count})";
            if (!_byId.TryGetValue(delivery.Message, out var message))
                Report(LedgerRule.Phantom, what);
            else if (!message.Endpoints.Contains(delivery.Endpoint))
                Report(LedgerRule.Misdirected, what);
            if (delivery.State is not (Succeeded or Failed or Cancelled))
                Report(LedgerRule.Limbo, what);

            List<LedgerReceipt> receipts = _receipts.GetValueOrDefault((delivery.Message, delivery.Endpoint)) ?? [];
            if (delivery.State is Succeeded && !receipts.Exists(static receipt => receipt.IsTaken))
                Report(LedgerRule.NeverTaken, what);
            if (receipts.Count > delivery.Count)
                Report(LedgerRule.AttemptMissing, $"{what}: {receipts.Count} requests");
            var endpoint = _endpoints[delivery.Endpoint];
            if (delivery.State is Failed && delivery.LastError != Aborted && delivery.Count <= endpoint.Schedule.Count)
                Report(LedgerRule.GivenUpEarly, what);
            if (delivery.Attempts is { } attempts)
                CheckAttempts(what, delivery, attempts, receipts, endpoint);
            else if (receipts.Count(static receipt => receipt.IsTaken) > 1)
                Report(LedgerRule.Repeated, what);
        }
    }

    private void CheckAttempts(
        string what, LedgerDelivery delivery, IReadOnlyList<LedgerAttempt> attempts, List<LedgerReceipt> receipts, LedgerEndpoint endpoint)
    {
        if (!attempts.Select(static attempt => attempt.Number).SequenceEqual(Enumerable.Range(1, delivery.Count)))
            Report(LedgerRule.AttemptNumbers, $"{what}: {string.Join(", ", attempts.Select(static attempt => attempt.Number))}");

        foreach (var answer in attempts.Where(static attempt => attempt.Status is not null).GroupBy(static attempt => attempt.Status))
        {
            if (answer.Count() > receipts.Count(receipt => receipt.Status == answer.Key))
                Report(LedgerRule.AttemptInvented, $"{what}: {answer.Key}");
        }

        var unheard = attempts.Count(static attempt => attempt.Status is null);
        if (receipts.Count(static receipt => receipt.IsTaken) > unheard + (delivery.State is Succeeded ? 1 : 0))
            Report(LedgerRule.Repeated, what);

        var step = 0;
        for (var index = 0; index < attempts.Count; index++)
        {
            var attempt = attempts[index];
            var next = index + 1 < attempts.Count ? attempts[index + 1] : null;
            if (attempt.Error == Interrupted)
            {
                if (!_history.Crashes.Any(crash => crash + ClockTolerance >= attempt.StartedAt && (next is null || crash - ClockTolerance <= next.StartedAt)))
                    Report(LedgerRule.Interrupted, $"{what}: attempt {attempt.Number}");
                continue;
            }

            if (next is null)
                continue;
            var rest = next.StartedAt - (attempt.StartedAt + attempt.Duration);
            var due = step < endpoint.Schedule.Count ? TimeSpan.FromSeconds(endpoint.Schedule[step] * (1 - Jitter)) : TimeSpan.MaxValue;
            step++;
            if (rest + ClockTolerance < due)
                Report(LedgerRule.TooEarly, $"{what}: attempt {next.Number} after {rest}");
        }
    }
}
