using System.Security.Cryptography;

namespace Parley.Testing.Webhooks;

/// <summary>Writes down what senders do and receivers see while a server is mistreated. Thread-safe.</summary>
public sealed class WebhookLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LedgerEndpoint> _endpoints = [];
    private readonly Dictionary<string, LedgerMessage> _messages = [];
    private readonly List<LedgerReceipt> _receipts = [];
    private readonly List<DateTimeOffset> _crashes = [];
    private long _moment;
    private int _accepted;

    /// <summary>Acceptances and receipts so far: how far the run has come.</summary>
    public int Events
    {
        get
        {
            lock (_gate)
                return _accepted + _receipts.Count;
        }
    }

    /// <summary>The digest of a payload.</summary>
    public static string Digest(ReadOnlySpan<byte> payload) => Convert.ToHexStringLower(SHA256.HashData(payload));

    /// <summary>An endpoint is there.</summary>
    public void Add(LedgerEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        lock (_gate)
            _endpoints[endpoint.Id] = endpoint;
    }

    /// <summary>The server has said that it sends nothing more there.</summary>
    public void Ended(string endpoint)
    {
        lock (_gate)
            _endpoints[endpoint] = _endpoints[endpoint] with { EndedAt = DateTimeOffset.UtcNow };
    }

    /// <summary>A sender is about to send, for the first time or again.</summary>
    /// <param name="name">The sender's own name for the message, its uid.</param>
    /// <param name="payload">No other message has it.</param>
    /// <param name="endpoints">Those that want it.</param>
    public void Called(string name, ReadOnlySpan<byte> payload, IReadOnlyList<string> endpoints)
    {
        var digest = Digest(payload);
        lock (_gate)
            _messages.TryAdd(name, new LedgerMessage(name, digest, endpoints) { CalledAt = ++_moment });
    }

    /// <summary>A sender was answered 202.</summary>
    public void Accepted(string name, string id)
    {
        lock (_gate)
        {
            var message = _messages[name];
            _messages[name] = message with
            {
                Answer = LedgerAnswer.Accepted,
                Ids = message.Ids.Contains(id) ? message.Ids : [.. message.Ids, id],
                AnsweredAt = Math.Min(message.AnsweredAt, ++_moment),
            };
            _accepted++;
        }
    }

    /// <summary>A sender was told that nothing was stored, and does not send it again.</summary>
    public void Refused(string name)
    {
        lock (_gate)
            _messages[name] = _messages[name] with { Answer = LedgerAnswer.Refused };
    }

    /// <summary>A process of the server is gone, and no other has taken its place yet.</summary>
    public void Crashed()
    {
        lock (_gate)
            _crashes.Add(DateTimeOffset.UtcNow);
    }

    /// <summary>A receiver has a request, whole.</summary>
    /// <returns>To say what it was answered.</returns>
    public int Received(string endpoint, string id, ReadOnlySpan<byte> body, bool isSigned, DateTimeOffset sentAt)
    {
        var digest = Digest(body);
        lock (_gate)
        {
            _receipts.Add(new LedgerReceipt(endpoint, id, digest) { At = DateTimeOffset.UtcNow, SentAt = sentAt, IsSigned = isSigned });
            return _receipts.Count - 1;
        }
    }

    /// <summary>A receiver is about to answer.</summary>
    /// <param name="receipt">From <see cref="Received"/>.</param>
    /// <param name="status">What it answers.</param>
    public void Answering(int receipt, int status)
    {
        lock (_gate)
            _receipts[receipt] = _receipts[receipt] with { Status = status };
    }

    /// <summary>All of it, with what the server says.</summary>
    public LedgerHistory With(IReadOnlyList<LedgerStoredMessage> stored, IReadOnlyList<LedgerDelivery> deliveries)
    {
        lock (_gate)
        {
            return new LedgerHistory
            {
                Endpoints = [.. _endpoints.Values],
                Messages = [.. _messages.Values],
                Receipts = [.. _receipts],
                Crashes = [.. _crashes],
                Stored = stored,
                Deliveries = deliveries,
            };
        }
    }
}
