using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

/// <summary>What a message is known by, once in its application. In the order in which an acceptance asks for them.</summary>
internal readonly record struct MessageKey(Guid Application, MessageKeyKind Kind, string Key, Guid Message) : IComparable<MessageKey>
{
    public static IEnumerable<MessageKey> Of(Acceptance acceptance)
    {
        var message = acceptance.Message;
        if (acceptance.IdempotencyKey is { } key)
            yield return new MessageKey(message.Application, MessageKeyKind.Idempotency, key, message.Id);
        if (message.Uid is { } uid)
            yield return new MessageKey(message.Application, MessageKeyKind.Uid, uid, message.Id);
    }

    public int CompareTo(MessageKey other) =>
        (Application.CompareTo(other.Application), Kind.CompareTo(other.Kind)) switch
        {
            (not 0 and var byApplication, _) => byApplication,
            (_, not 0 and var byKind) => byKind,
            _ => string.CompareOrdinal(Key, other.Key),
        };

    public bool Equals(MessageKey other) => Application == other.Application && Kind == other.Kind && Key == other.Key;

    public override int GetHashCode() => HashCode.Combine(Application, Kind, Key);
}

/// <summary>Kinds of keys. The numbers are stored.</summary>
internal enum MessageKeyKind : short
{
    Idempotency = 0,
    Uid = 1,
}
