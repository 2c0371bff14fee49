using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Webhooks.Json;
using Parley.Webhooks.Schemas;

namespace Parley.Webhooks.Filters;

/// <summary>Makes of a filter what messages are matched with, or says what is wrong with it.</summary>
internal sealed class FilterReader
{
    public const int MaxBytes = 16 * 1024;
    private const int MaxDepth = 16;
    private const int MaxConditions = 200;
    private const int MaxProblems = 20;

    private const string What = "must be a value, or one of prefix, suffix, equals-ignore-case, numeric, exists, anything-but";

    private readonly List<FieldError> _problems = [];
    private int _conditions;

    public static (FilterPattern? Pattern, IReadOnlyList<FieldError> Problems) Read(JsonElement source)
    {
        if (JsonMarshal.GetRawUtf8Value(source).Length > MaxBytes)
            return (null, [new FieldError("", $"must have at most {MaxBytes / 1024} KiB")]);
        var reader = new FilterReader();
        FilterPattern? pattern;
        try
        {
            pattern = reader.ReadMessage(source, "", 0);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape.
            return (null, [new FieldError("", "has text that is not Unicode")]);
        }

        if (reader._conditions > MaxConditions)
            reader.Fail("", $"must have at most {MaxConditions} conditions");
        return reader._problems.Count > 0 ? (null, reader._problems) : (pattern, []);
    }

    private FilterPattern ReadMessage(JsonElement source, string path, int depth)
    {
        var pattern = new FilterPattern();
        if (!IsObject(source, path, depth))
            return pattern;
        foreach (var property in source.EnumerateObject())
        {
            var at = $"{path}/{JsonPointers.Escape(property.Name)}";
            pattern = property.Name switch
            {
                "eventType" => pattern with { EventType = new ValueNode(ReadConditions(property.Value, at)) },
                "channels" => pattern with { Channels = new ValueNode(ReadConditions(property.Value, at)) },
                "tags" => pattern with { Tags = new ValueNode(ReadConditions(property.Value, at)) },
                "payload" => pattern with { Payload = ReadNode(property.Value, at, depth + 1) },
                "$or" => pattern with { Alternatives = ReadAlternatives(property.Value, at, depth, ReadMessage) },
                _ => Unknown(pattern, at),
            };
        }

        return pattern;
    }

    private FilterPattern Unknown(FilterPattern pattern, string path)
    {
        Fail(path, "is not known: a filter has eventType, channels, tags, payload and $or");
        return pattern;
    }

    private FilterNode ReadNode(JsonElement source, string path, int depth)
    {
        if (source.ValueKind is JsonValueKind.Array)
            return new ValueNode(ReadConditions(source, path));
        if (!IsObject(source, path, depth))
            return new ValueNode([]);
        var properties = new List<(string, FilterNode)>();
        FilterNode[]? alternatives = null;
        foreach (var property in source.EnumerateObject())
        {
            var at = $"{path}/{JsonPointers.Escape(property.Name)}";
            if (property.Name == "$or")
                alternatives = ReadAlternatives(property.Value, at, depth, ReadNode);
            else
                properties.Add((property.Name, ReadNode(property.Value, at, depth + 1)));
        }

        return new ObjectNode([.. properties], alternatives);
    }

    private T[] ReadAlternatives<T>(JsonElement source, string path, int depth, Func<JsonElement, string, int, T> read)
    {
        if (source.ValueKind is JsonValueKind.Array && source.GetArrayLength() > 0)
            return [.. source.EnumerateArray().Select((one, index) => read(one, $"{path}/{index}", depth + 1))];
        Fail(path, "must be a list of patterns");
        return [];
    }

    private bool IsObject(JsonElement source, string path, int depth)
    {
        if (source.ValueKind is not JsonValueKind.Object)
            Fail(path, "must be an object, or a list of conditions where a value is");
        else if (source.GetPropertyCount() == 0)
            Fail(path, "must not be empty");
        else if (depth > MaxDepth)
            Fail(path, $"must not be nested more than {MaxDepth} deep");
        else
            return true;
        return false;
    }

    private FilterCondition[] ReadConditions(JsonElement source, string path)
    {
        if (source.ValueKind is JsonValueKind.Array && source.GetArrayLength() > 0)
            return [.. source.EnumerateArray().Select((condition, index) => ReadCondition(condition, $"{path}/{index}")).OfType<FilterCondition>()];
        Fail(path, "must be a list of conditions, as [\"EUR\", {\"prefix\": \"U\"}]");
        return [];
    }

    private FilterCondition? ReadCondition(JsonElement source, string path)
    {
        _conditions++;
        if (source.ValueKind is JsonValueKind.Array)
            return Fail(path, What);
        if (source.ValueKind is not JsonValueKind.Object)
            return new EqualCondition(source);
        if (source.GetPropertyCount() != 1)
            return Fail(path, What);
        var (name, value) = (source.EnumerateObject().First().Name, source.EnumerateObject().First().Value);
        var at = $"{path}/{JsonPointers.Escape(name)}";
        return name switch
        {
            "prefix" => ReadText(value, at, static text => new PrefixCondition(text)),
            "suffix" => ReadText(value, at, static text => new SuffixCondition(text)),
            "equals-ignore-case" => ReadText(value, at, static text => new IgnoreCaseCondition(text)),
            "exists" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? new ExistsCondition(value.GetBoolean()) : Fail(at, "must be true or false"),
            "numeric" => ReadNumeric(value, at),
            "anything-but" => ReadAnythingBut(value, at),
            _ => Fail(at, "is not known: " + What),
        };
    }

    private FilterCondition? ReadText(JsonElement value, string path, Func<string, FilterCondition> make) =>
        value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? make(text) : Fail(path, "must be a text");

    private FilterCondition? ReadNumeric(JsonElement value, string path)
    {
        JsonElement[] parts = value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray()] : [];
        var isGood = parts.Length is 2 or 4;
        for (var index = 0; isGood && index < parts.Length; index += 2)
        {
            isGood = parts[index].ValueKind is JsonValueKind.String && NumericCondition.Operators.Contains(parts[index].GetString())
                && parts[index + 1].ValueKind is JsonValueKind.Number;
        }

        return isGood
            ? new NumericCondition([.. parts.Chunk(2).Select(static part => (part[0].GetString()!, new JsonNumber(part[1])))])
            : Fail(path, "must be one or two comparisons, as [\">\", 0, \"<=\", 5]");
    }

    private FilterCondition? ReadAnythingBut(JsonElement value, string path)
    {
        JsonElement[] unwanted = value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        var conditions = unwanted.Select((one, index) => ReadCondition(one, value.ValueKind is JsonValueKind.Array ? $"{path}/{index}" : path)).ToArray();
        if (unwanted.Length == 0 || Array.Exists(conditions, static condition => condition is AnythingButCondition or ExistsCondition))
            return Fail(path, "must be a value, a list of values, or a prefix, a suffix, a comparison");
        return new AnythingButCondition([.. conditions.OfType<FilterCondition>()]);
    }

    private FilterCondition? Fail(string path, string detail)
    {
        if (_problems.Count < MaxProblems)
            _problems.Add(new FieldError(path.Length > SchemaLimits.MaxPointer ? path[..SchemaLimits.MaxPointer] + "…" : path, detail));
        return null;
    }
}
