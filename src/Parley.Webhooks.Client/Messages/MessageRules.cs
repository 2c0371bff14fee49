using System.Text.Json;
using Parley.Webhooks.EventTypes;

namespace Parley.Webhooks.Messages;

/// <summary>What a message must be to be accepted.</summary>
internal static class MessageRules
{
    public const int MaxUid = 256;

    /// <summary>Of a text with the character that PostgreSQL cannot store.</summary>
    public const string NoZero = "must not have the character U+0000";

    private const int MaxNames = 16;
    private const int MaxName = 128;
    private static readonly TimeSpan FurthestDelivery = TimeSpan.FromDays(366);

    /// <param name="message">As it came.</param>
    /// <param name="payload">Its payload, read; null when it could not be.</param>
    /// <param name="maxPayloadBytes">How large it may be.</param>
    /// <param name="now">The time.</param>
    public static List<FieldError> Check(WebhookMessage message, JsonDocument? payload, int maxPayloadBytes, DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        if (!EventTypeName.IsValid(message.EventType))
            errors.Add(new("/eventType", "must be words of letters, digits and _ with full stops between them, as invoice.paid, 128 characters at most"));
        if (message.Payload.Length > maxPayloadBytes)
            errors.Add(new("/payload", $"must have at most {maxPayloadBytes} bytes"));
        else if (payload is null)
            errors.Add(new("/payload", "must be JSON without doubled keys, nested at most 64 deep"));
        if (message.Uid is { Length: 0 or > MaxUid })
            errors.Add(new("/uid", $"must have 1 to {MaxUid} characters"));
        else if (HasZero(message.Uid))
            errors.Add(new("/uid", NoZero));
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
        else if (names.Any(HasZero))
            errors.Add(new(pointer, NoZero));
    }

    public static bool HasZero(string? text) => text?.Contains('\0', StringComparison.Ordinal) ?? false;

    /// <summary>Reads a payload, once for all that look at it.</summary>
    /// <returns>Null when it is no JSON that all readers agree about: of doubled keys each takes the one that it likes.</returns>
    public static JsonDocument? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            return JsonDocument.Parse(payload, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // A key with half of a surrogate pair, written as an escape, is no text.
            return null;
        }
    }
}
