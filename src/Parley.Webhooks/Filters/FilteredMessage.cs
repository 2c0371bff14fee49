using System.Text.Json;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Json;

namespace Parley.Webhooks.Filters;

/// <summary>What filters see of a message, made once for all of them and only when one asks.</summary>
internal sealed class FilteredMessage(string eventType, IReadOnlyList<string> channels, IReadOnlyList<string> tags, JsonElement payload)
{
    private JsonElement? _eventType;
    private JsonElement? _channels;
    private JsonElement? _tags;

    public FilteredMessage(Message message, JsonElement payload)
        : this(message.EventType, message.Channels, message.Tags, payload)
    {
    }

    public JsonElement EventType => _eventType ??= JsonText.ToElement(eventType);

    /// <summary>Null: none.</summary>
    public JsonElement? Channels => _channels ??= JsonText.ToElement(channels);

    /// <summary>Null: none.</summary>
    public JsonElement? Tags => _tags ??= JsonText.ToElement(tags);

    public JsonElement Payload => payload;
}
