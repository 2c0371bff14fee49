using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>unevaluatedProperties</c>.</summary>
internal sealed class UnevaluatedPropertiesKeyword(SchemaNode schema) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Object || parts!.HasAllProperties)
            return true;
        var fits = true;
        var index = 0;
        foreach (var property in value.EnumerateObject())
        {
            check.Spend(1);
            if (!parts.HasProperty(index++) && !check.FitsProperty(schema, property.Name, property.Value))
                fits = false;
            if (!fits && check.IsDecided)
                return false;
        }

        parts.HasAllProperties = true;
        return fits;
    }
}

/// <summary><c>unevaluatedItems</c>.</summary>
internal sealed class UnevaluatedItemsKeyword(SchemaNode schema) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Array || parts!.HasAllItems)
            return true;
        var fits = true;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            check.Spend(1);
            if (!parts.HasItem(index) && !check.FitsItem(schema, index, item))
                fits = false;
            index++;
            if (!fits && check.IsDecided)
                return false;
        }

        parts.HasAllItems = true;
        return fits;
    }
}
