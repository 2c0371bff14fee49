using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>prefixItems</c> and <c>items</c>; of draft-07 <c>items</c> and <c>additionalItems</c>.</summary>
internal sealed class ItemsKeyword(SchemaNode[] first, SchemaNode? others) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Array)
            return true;
        var fits = true;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var schema = index < first.Length ? first[index] : others;
            if (schema is null)
                break;
            if (!check.FitsItem(schema, index, item))
                fits = false;
            if (!fits && check.IsDecided)
                return false;
            index++;
        }

        parts?.AddFirstItems(index);
        return fits;
    }
}
