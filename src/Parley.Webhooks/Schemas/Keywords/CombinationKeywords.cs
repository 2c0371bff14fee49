using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>allOf</c>.</summary>
internal sealed class AllOfKeyword(SchemaNode[] schemas) : SchemaKeyword
{
    public override IEnumerable<SchemaNode> InPlace => schemas;

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        var fits = true;
        foreach (var schema in schemas)
        {
            if (!check.FitsInPlace(schema, value, parts))
                fits = false;
            if (!fits && check.IsDecided)
                return false;
        }

        return fits;
    }
}

/// <summary><c>anyOf</c>.</summary>
internal sealed class AnyOfKeyword(SchemaNode[] schemas) : SchemaKeyword
{
    public override IEnumerable<SchemaNode> InPlace => schemas;

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        check.BeginQuiet();
        var fits = false;
        foreach (var schema in schemas)
        {
            fits |= check.FitsInPlace(schema, value, parts);
            // The others may look at further parts.
            if (fits && parts is null)
                break;
        }

        check.EndQuiet();
        return fits || check.Fail("anyOf", $"must fit one of {schemas.Length} schemas, and fits none");
    }
}

/// <summary><c>oneOf</c>.</summary>
internal sealed class OneOfKeyword(SchemaNode[] schemas) : SchemaKeyword
{
    public override IEnumerable<SchemaNode> InPlace => schemas;

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        check.BeginQuiet();
        var count = 0;
        foreach (var schema in schemas)
        {
            if (check.FitsInPlace(schema, value, parts) && ++count > 1)
                break;
        }

        check.EndQuiet();
        return count == 1 || check.Fail("oneOf", $"must fit exactly one of {schemas.Length} schemas, and fits {(count == 0 ? "none" : "more than one")}");
    }
}

/// <summary><c>not</c>.</summary>
internal sealed class NotKeyword(SchemaNode schema) : SchemaKeyword
{
    public override IEnumerable<SchemaNode> InPlace => [schema];

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        check.BeginQuiet();
        var fits = schema.Fits(check, value, null);
        check.EndQuiet();
        return !fits || check.Fail("not", "must not fit the schema, and does");
    }
}

/// <summary><c>if</c> with <c>then</c> and <c>else</c>.</summary>
internal sealed class IfKeyword(SchemaNode condition, SchemaNode? then, SchemaNode? otherwise) : SchemaKeyword
{
    public override IEnumerable<SchemaNode> InPlace => new[] { condition, then, otherwise }.OfType<SchemaNode>();

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        check.BeginQuiet();
        var holds = check.FitsInPlace(condition, value, parts);
        check.EndQuiet();
        return (holds ? then : otherwise) is not { } branch || check.FitsInPlace(branch, value, parts);
    }
}
