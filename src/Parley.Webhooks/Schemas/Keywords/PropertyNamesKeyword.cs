using System.Text.Json;
using Parley.Webhooks.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>propertyNames</c>.</summary>
internal sealed class PropertyNamesKeyword(SchemaNode schema) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Object)
            return true;
        var fits = true;
        foreach (var property in value.EnumerateObject())
        {
            check.Spend(4 + (property.Name.Length / 8));
            if (!check.FitsProperty(schema, property.Name, JsonText.ToElement(property.Name)))
                fits = false;
            if (!fits && check.IsDecided)
                return false;
        }

        return fits;
    }
}
