using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c>.</summary>
internal sealed class ContainsKeyword(SchemaNode schema, long min, long? max) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Array)
            return true;
        check.BeginQuiet();
        long count = 0;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (check.FitsItem(schema, index, item))
            {
                count++;
                parts?.AddItem(index);
            }

            index++;
            if (count >= min && max is null && parts is null)
                break;
        }

        check.EndQuiet();
        if (count < min)
            return check.Fail("contains", $"must have {(min == 1 ? "an item" : $"{min} items")} of the kind that the schema wants");
        return !(count > max) || check.Fail("maxContains", $"must have at most {max} items of the kind that the schema counts");
    }
}
