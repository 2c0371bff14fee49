using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;

namespace Parley.Webhooks.Messages;

/// <summary>Makes messages that are not kept, for tests, simulations and verification.</summary>
internal sealed class SampleMessages(WebhookCatalog catalog, IdGenerator ids, IOptions<WebhookOptions> options, TimeProvider time)
{
    /// <summary>The event type of tests that name none.</summary>
    public const string Test = "parley.test";

    /// <summary>The event type of a signed ping.</summary>
    public const string Ping = "parley.ping";

    /// <param name="application">Whose.</param>
    /// <param name="eventType">Null: <see cref="Test"/>.</param>
    /// <param name="payload">Null: the event type's example.</param>
    /// <param name="channels">Its channels.</param>
    /// <exception cref="WebhookException">It could not be accepted, were it real.</exception>
    public async ValueTask<Message> MakeAsync(Guid application, string? eventType, JsonElement? payload, IReadOnlyList<string> channels)
    {
        var type = eventType ?? Test;
        var bytes = payload is { } given ? JsonMarshal.GetRawUtf8Value(given).ToArray() : await ExampleAsync(type);
        var message = new WebhookMessage(type, bytes) { Channels = channels };
        using var document = MessageRules.Read(bytes);
        IReadOnlyList<FieldError> errors = MessageRules.Check(message, document, options.Value.MaxPayloadBytes, time.GetUtcNow());
        if (errors.Count == 0 && await catalog.FindTypeAsync(type) is { Schema: { } schema })
            errors = schema.Check(document!.RootElement, "/payload");
        if (errors.Count > 0)
            throw WebhookProblem.Invalid(errors).ToException();
        return Make(application, type, bytes, channels);
    }

    /// <summary>A message of this server's own.</summary>
    public Message Make(Guid application, string eventType, ReadOnlyMemory<byte> payload, IReadOnlyList<string>? channels = null) => new()
    {
        Id = ids.Next(),
        Application = application,
        EventType = eventType,
        Payload = payload,
        Channels = channels ?? [],
        AcceptedAt = time.GetUtcNow(),
    };

    /// <summary>A payload in the form that Standard Webhooks recommends.</summary>
    public byte[] Payload(string eventType, string data) =>
        Encoding.UTF8.GetBytes($$"""{"type":"{{eventType}}","timestamp":"{{time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}}",{{data}}}""");

    private async ValueTask<byte[]> ExampleAsync(string type)
    {
        if (EventTypes.EventTypeName.IsValid(type) && await catalog.FindTypeAsync(type) is { Example: { } example })
            return JsonMarshal.GetRawUtf8Value(example).ToArray();
        return type is Test
            ? Payload(Test, "\"data\":{\"text\":\"This is a test.\"}")
            : throw WebhookProblem.Invalid("/payload", "must be given: the event type is not known, or has no example").ToException();
    }
}
