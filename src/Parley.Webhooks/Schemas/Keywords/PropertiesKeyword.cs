using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>properties</c>, <c>patternProperties</c> and <c>additionalProperties</c> together, since the last is what the others leave.</summary>
internal sealed class PropertiesKeyword(
    Dictionary<string, SchemaNode> properties, (SchemaPattern Pattern, SchemaNode Schema)[] patterns, SchemaNode? additional) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Object)
            return true;
        var fits = true;
        var index = 0;
        foreach (var property in value.EnumerateObject())
        {
            check.Spend(1);
            if (!FitsProperty(check, property, out var isKnown))
                fits = false;
            if (!fits && check.IsDecided)
                return false;
            if (isKnown)
                parts?.AddProperty(index);
            index++;
        }

        return fits;
    }

    private bool FitsProperty(SchemaCheck check, JsonProperty property, out bool isKnown)
    {
        var name = property.Name;
        var fits = true;
        isKnown = false;
        if (properties.TryGetValue(name, out var schema))
        {
            isKnown = true;
            fits = check.FitsProperty(schema, name, property.Value);
        }

        foreach (var (pattern, ofPattern) in patterns)
        {
            if (!pattern.IsMatch(check, name))
                continue;
            isKnown = true;
            fits &= check.FitsProperty(ofPattern, name, property.Value);
        }

        if (!isKnown && additional is not null)
        {
            isKnown = true;
            fits = check.FitsProperty(additional, name, property.Value);
        }

        return fits;
    }
}
