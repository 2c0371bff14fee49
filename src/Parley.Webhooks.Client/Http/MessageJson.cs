using System.Buffers;
using System.Text.Json;

namespace Parley.Webhooks.Http;

/// <summary>Requests and answers of the API, as far as sending needs them.</summary>
internal static class MessageJson
{
    /// <param name="message">Has been checked, so its payload is JSON.</param>
    public static byte[] Write(WebhookMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(message.Payload.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("eventType", message.EventType);
            writer.WritePropertyName("payload");
            writer.WriteRawValue(message.Payload.Span, skipInputValidation: true);
            if (message.Uid is not null)
                writer.WriteString("uid", message.Uid);
            WriteNames(writer, "channels", message.Channels);
            WriteNames(writer, "tags", message.Tags);
            if (message.DeliverAt is { } deliverAt)
                writer.WriteString("deliverAt", deliverAt);
            if (message.ExpiresAt is { } expiresAt)
                writer.WriteString("expiresAt", expiresAt);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <returns>Null when it is something else.</returns>
    public static WebhookReceipt? ReadReceipt(byte[] content)
    {
        using var document = TryParse(content);
        return document?.RootElement is { ValueKind: JsonValueKind.Object } root && Text(root, "id") is { } id
            ? new WebhookReceipt(id, root.TryGetProperty("duplicate", out var duplicate) && duplicate.ValueKind is JsonValueKind.True)
            : null;
    }

    /// <returns>Null when it is not a problem of this API.</returns>
    public static WebhookProblem? ReadProblem(int status, byte[] content)
    {
        using var document = TryParse(content);
        return document?.RootElement is { ValueKind: JsonValueKind.Object } root && Text(root, "code") is { } code
            ? new WebhookProblem(status, code, Text(root, "detail") ?? code)
            {
                Errors = root.TryGetProperty("errors", out var errors) && errors.ValueKind is JsonValueKind.Array ? [.. ReadErrors(errors)] : [],
            }
            : null;
    }

    private static IEnumerable<FieldError> ReadErrors(JsonElement errors)
    {
        foreach (var error in errors.EnumerateArray())
        {
            if (error.ValueKind is JsonValueKind.Object)
                yield return new FieldError(Text(error, "pointer") ?? "", Text(error, "detail") ?? "") { Keyword = Text(error, "keyword") };
        }
    }

    private static void WriteNames(Utf8JsonWriter writer, string field, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return;
        writer.WriteStartArray(field);
        foreach (var name in names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
    }

    private static string? Text(JsonElement element, string field) =>
        element.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static JsonDocument? TryParse(byte[] content)
    {
        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
