using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Webhooks.Schemas;

/// <summary>A JSON Schema (2020-12, or draft-07 by <c>$schema</c>), compiled when it is first used.</summary>
/// <remarks>Thread-safe. Nothing outside of it is ever read, and what a check may cost is limited: docs/adr/0014.</remarks>
[JsonConverter(typeof(JsonSchemaConverter))]
internal sealed class JsonSchema
{
    private readonly Lazy<(SchemaNode? Root, IReadOnlyList<FieldError> Problems)> _compiled;

    public JsonSchema(JsonElement source)
    {
        Source = source;
        _compiled = new(() => SchemaCompiler.Compile(source));
    }

    /// <summary>As it was written.</summary>
    public JsonElement Source { get; }

    /// <summary>What is wrong with it, by pointers into it; none: it can be used.</summary>
    public IReadOnlyList<FieldError> Problems => _compiled.Value.Problems;

    /// <summary>Says what of a value does not fit, without the value itself.</summary>
    /// <param name="value">Without doubled keys.</param>
    /// <param name="pointer">Where the value lies: what pointers begin with.</param>
    /// <returns>Nothing when it fits; <see cref="SchemaLimits.MaxErrors"/> at most.</returns>
    public IReadOnlyList<FieldError> Check(JsonElement value, string pointer)
    {
        if (_compiled.Value.Root is not { } root)
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
}

/// <summary>Reads and writes it as it was written.</summary>
internal sealed class JsonSchemaConverter : JsonConverter<JsonSchema>
{
    public override JsonSchema Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, JsonSchema value, JsonSerializerOptions options) => value.Source.WriteTo(writer);
}
