using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Webhooks.Schemas;

/// <summary>A JSON Schema (2020-12, or draft-07 by <c>$schema</c>), compiled when it is first used.</summary>
/// <remarks>Thread-safe. Nothing outside of it is ever read, and what a check may cost is limited: docs/adr/0014.</remarks>
[JsonConverter(typeof(JsonSchemaConverter))]
internal sealed class JsonSchema
{
    private readonly WeakReference<CompiledSchema> _last = new(null!);
    private readonly bool _isKept;
    private CompiledSchema? _kept;

    /// <param name="source">As it was written.</param>
    /// <param name="isKept">
    /// Whether what it was compiled to stays in memory. A regular expression takes up to some megabytes for the texts that it has seen, so that
    /// those of many strangers may only stay while there is room.
    /// </param>
    public JsonSchema(JsonElement source, bool isKept = true) => (Source, _isKept) = (source, isKept);

    /// <summary>As it was written.</summary>
    public JsonElement Source { get; }

    /// <summary>What is wrong with it, by pointers into it; none: it can be used.</summary>
    public IReadOnlyList<FieldError> Problems => Compile().Problems;

    /// <summary>Says what of a value does not fit, without the value itself.</summary>
    /// <param name="value">Without doubled keys.</param>
    /// <param name="pointer">Where the value lies: what pointers begin with.</param>
    /// <returns>Nothing when it fits; <see cref="SchemaLimits.MaxErrors"/> at most.</returns>
    public IReadOnlyList<FieldError> Check(JsonElement value, string pointer)
    {
        if (Compile().Root is not { } root)
            return [new FieldError(pointer, "cannot be checked: its schema is not valid")];
        var check = new SchemaCheck(
            SchemaLimits.MinSteps + ((long)JsonMarshal.GetRawUtf8Value(value).Length * SchemaLimits.StepsPerByte), pointer);
        try
        {
            root.Fits(check, value, null);
        }
        catch (SchemaCostException exception)
        {
            return [.. check.Errors, new FieldError(pointer, exception.Message)];
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape: JSON, but no text.
            return [.. check.Errors, new FieldError(pointer, "has text that is not Unicode")];
        }

        return check.Errors;
    }

    // Two that come at once do it twice, and nothing is lost.
    private CompiledSchema Compile()
    {
        if (_kept is { } kept)
            return kept;
        if (_last.TryGetTarget(out var last))
            return last;
        var compiled = SchemaCompiler.Compile(Source);
        if (_isKept)
            _kept = compiled;
        else
            _last.SetTarget(compiled);
        return compiled;
    }
}

/// <summary>Reads and writes it as it was written.</summary>
internal class JsonSchemaConverter : JsonConverter<JsonSchema>
{
    protected virtual bool IsKept => true;

    public override JsonSchema Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(JsonElement.ParseValue(ref reader), IsKept);

    public override void Write(Utf8JsonWriter writer, JsonSchema value, JsonSerializerOptions options) =>
        // As it was: with other escapes it might be longer than it may be.
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value.Source), skipInputValidation: true);
}

/// <summary>The same, of one that is only kept while there is room.</summary>
internal sealed class StrangersSchemaConverter : JsonSchemaConverter
{
    protected override bool IsKept => false;
}
