using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Webhooks.Filters;

/// <summary>Which messages an endpoint wants, by what they say: a pattern as Amazon EventBridge has them.</summary>
/// <remarks>Thread-safe.</remarks>
[JsonConverter(typeof(EventFilterConverter))]
internal sealed class EventFilter
{
    private readonly FilterPattern? _pattern;

    public EventFilter(JsonElement source)
    {
        Source = source;
        (_pattern, Problems) = FilterReader.Read(source);
    }

    /// <summary>As it was written.</summary>
    public JsonElement Source { get; }

    /// <summary>What is wrong with it, by pointers into it; none: it can be used.</summary>
    public IReadOnlyList<FieldError> Problems { get; }

    /// <summary>Whether a message is wanted. What would take too long to find out is: nothing is left out in silence.</summary>
    public bool Wants(FilteredMessage message)
    {
        if (_pattern is null)
            return true;
        var budget = new FilterBudget();
        var matches = _pattern.Matches(message, ref budget);
        return matches || budget.IsSpent;
    }
}

/// <summary>Reads and writes it as it was written.</summary>
internal sealed class EventFilterConverter : JsonConverter<EventFilter>
{
    public override EventFilter Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, EventFilter value, JsonSerializerOptions options) =>
        // As it was: with other escapes it might be longer than it may be.
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value.Source), skipInputValidation: true);
}
