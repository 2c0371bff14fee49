namespace Parley.Testing.Webhooks;

/// <summary>Judges a run by the rules of webhooks.</summary>
public sealed partial class LedgerChecker
{
    private const string Succeeded = "succeeded";
    private const string Failed = "failed";
    private const string Cancelled = "cancelled";
    private const string Interrupted = "interrupted";
    private const string Aborted = "aborted";

    private readonly LedgerHistory _history;
    private readonly Dictionary<string, LedgerEndpoint> _endpoints;
    private readonly Dictionary<string, LedgerMessage> _byName;
    private readonly Dictionary<string, LedgerMessage> _byDigest;
    private readonly Dictionary<string, LedgerMessage> _byId = [];
    private readonly Dictionary<(string Id, string Endpoint), List<LedgerReceipt>> _receipts;
    private readonly List<LedgerViolation> _violations = [];

    private LedgerChecker(LedgerHistory history)
    {
        _history = history;
        _endpoints = history.Endpoints.ToDictionary(static endpoint => endpoint.Id);
        _byName = history.Messages.ToDictionary(static message => message.Name);
        _byDigest = history.Messages.ToDictionary(static message => message.Digest);
        _receipts = history.Receipts.GroupBy(static receipt => (receipt.Id, receipt.Endpoint)).ToDictionary(static group => group.Key, static group => group.ToList());
    }

    /// <summary>Judges a run.</summary>
    /// <returns>What was broken; nothing when all is well.</returns>
    public static IReadOnlyList<LedgerViolation> Check(LedgerHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var checker = new LedgerChecker(history);
        checker.CheckMessages();
        checker.CheckReceipts();
        checker.CheckDeliveries();
        foreach (var endpoint in history.Endpoints.Where(static endpoint => endpoint.IsOrdered))
            checker.CheckOrder(endpoint);
        return checker._violations;
    }

    private void CheckMessages()
    {
        foreach (var message in _history.Messages)
        {
            foreach (var id in message.Ids)
                Know(id, message);
        }

        foreach (var stored in _history.Stored)
        {
            if (!_byName.TryGetValue(stored.Name, out var message))
            {
                Report(LedgerRule.Phantom, $"{stored.Id} is stored with the uid {stored.Name}");
                continue;
            }

            Know(stored.Id, message);
            if (message.Answer is LedgerAnswer.Refused)
                Report(LedgerRule.RefusedYetSent, $"{message.Name} is stored as {stored.Id}");
        }

        var ids = _byId.ToLookup(static entry => entry.Value.Name, static entry => entry.Key);
        foreach (var several in ids.Where(static ids => ids.Skip(1).Any()))
            Report(LedgerRule.TwoIds, $"{several.Key} is {string.Join(" and ", several)}");

        var kept = _history.Stored.Select(static stored => stored.Name).ToHashSet();
        var delivered = _history.Deliveries.Select(static delivery => (delivery.Message, delivery.Endpoint)).ToHashSet();
        foreach (var message in _history.Messages)
        {
            var isKept = kept.Contains(message.Name);
            // One whose sender heard nothing is there with all its deliveries, or not at all.
            if (message.Answer is not LedgerAnswer.Accepted && !isKept)
                continue;
            if (!isKept)
                Report(LedgerRule.Lost, $"{message.Name} was accepted and is not there");
            foreach (var endpoint in message.Endpoints.Where(endpoint => !ids[message.Name].Any(id => delivered.Contains((id, endpoint)))))
                Report(LedgerRule.Lost, $"{message.Name} has no delivery to {endpoint}");
        }
    }

    private void CheckReceipts()
    {
        foreach (var receipt in _history.Receipts)
        {
            var what = $"{receipt.Id} at {receipt.Endpoint}";
            if (!receipt.IsSigned)
                Report(LedgerRule.Unsigned, what);
            if (_endpoints.GetValueOrDefault(receipt.Endpoint) is { EndedAt: { } ended } endpoint && receipt.At > ended + endpoint.Timeout + ClockTolerance)
                Report(LedgerRule.AfterEnd, what);
            if (!_byDigest.TryGetValue(receipt.Digest, out var message))
            {
                Report(_byId.ContainsKey(receipt.Id) ? LedgerRule.Changed : LedgerRule.Phantom, what);
                continue;
            }

            if (message.Answer is LedgerAnswer.Refused)
                Report(LedgerRule.RefusedYetSent, $"{message.Name} as {what}");
            if (!message.Endpoints.Contains(receipt.Endpoint))
                Report(LedgerRule.Misdirected, $"{message.Name} as {what}");
            if (!_byId.TryGetValue(receipt.Id, out var known))
                Report(LedgerRule.Phantom, $"{message.Name} as {what}, which is not stored");
            else if (!ReferenceEquals(known, message))
                Report(LedgerRule.TwoIds, $"{message.Name} as {what}, which is {known.Name}");
        }
    }

    /// <summary>Whoever comes later was not accepted before the sender of an earlier one even began; and who has begun is finished first.</summary>
    private void CheckOrder(LedgerEndpoint endpoint)
    {
        var seen = new HashSet<string>();
        LedgerMessage? newest = null;
        var last = "";
        var sentAt = DateTimeOffset.MinValue;
        foreach (var receipt in _history.Receipts.Where(receipt => receipt.Endpoint == endpoint.Id))
        {
            // Its sender gave it up before the receiver, which was busy, had read it; what came before it was sent after it.
            if (receipt.SentAt < sentAt)
                continue;
            sentAt = receipt.SentAt;
            if (receipt.Id == last)
                continue;
            last = receipt.Id;
            if (!seen.Add(receipt.Id))
                Report(LedgerRule.Order, $"{receipt.Id} came again at {endpoint.Id} after another");
            if (!_byDigest.TryGetValue(receipt.Digest, out var message))
                continue;
            if (newest is not null && message.AnsweredAt < newest.CalledAt)
                Report(LedgerRule.Order, $"{message.Name} came at {endpoint.Id} after {newest.Name}, which was sent later");
            if (newest is null || message.CalledAt > newest.CalledAt)
                newest = message;
        }
    }

    private void Know(string id, LedgerMessage message)
    {
        if (!_byId.TryAdd(id, message) && !ReferenceEquals(_byId[id], message))
            Report(LedgerRule.TwoIds, $"{id} is {_byId[id].Name} and {message.Name}");
    }

    private void Report(LedgerRule rule, string what) => _violations.Add(new LedgerViolation(rule, what));
}
