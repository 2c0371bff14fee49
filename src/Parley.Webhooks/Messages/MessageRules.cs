using System.Text.Json;
using Parley.Webhooks.EventTypes;

namespace Parley.Webhooks.Messages;

/// <summary>What a message must be to be accepted.</summary>
internal static class MessageRules
{
    public const int MaxUid = 256;
    private const int MaxNames = 16;
    private const int MaxName = 128;
    private static readonly TimeSpan FurthestDelivery = TimeSpan.FromDays(366);

    public static List<FieldError> Check(WebhookMessage message, int maxPayloadBytes, DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        if (!EventTypeName.IsValid(message.EventType))
            errors.Add(new("/eventType", "must be words of letters, digits and _ with full stops between them, as invoice.paid, 128 characters at most"));
        if (message.Payload.Length > maxPayloadBytes)
            errors.Add(new("/payload", $"must have at most {maxPayloadBytes} bytes"));
        else if (!IsJson(message.Payload.Span))
            errors.Add(new("/payload", "must be JSON without doubled keys, nested at most 64 deep"));
        if (message.Uid is { Length: 0 or > MaxUid })
            errors.Add(new("/uid", $"must have 1 to {MaxUid} characters"));
        CheckNames("/channels", message.Channels, errors);
        CheckNames("/tags", message.Tags, errors);
        if (message.DeliverAt > now + FurthestDelivery)
            errors.Add(new("/deliverAt", "must be within a year"));
        if (message.ExpiresAt <= now || message.ExpiresAt <= message.DeliverAt)
            errors.Add(new("/expiresAt", "must be in the future, and after deliverAt"));
        return errors;
    }

    private static void CheckNames(string pointer, IReadOnlyList<string> names, List<FieldError> errors)
    {
        if (names.Count > MaxNames || names.Any(static name => name is not { Length: > 0 and <= MaxName }))
            errors.Add(new(pointer, $"must be at most {MaxNames} names of 1 to {MaxName} characters"));
    }

    private static bool IsJson(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            using var document = JsonDocument.ParseValue(ref reader);
            while (reader.Read())
            {
            }

            return reader.BytesConsumed == payload.Length && !HasDoubledKeys(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Readers disagree about which of two counts, so that a filter might see another value than the receiver.
    private static bool HasDoubledKeys(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(static property => property.Name).ToHashSet(StringComparer.Ordinal).Count
            != element.GetPropertyCount() || element.EnumerateObject().Any(static property => HasDoubledKeys(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(HasDoubledKeys),
        _ => false,
    };
}
