using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>dependentRequired</c>, and of draft-07 the lists of <c>dependencies</c>.</summary>
internal sealed class DependentRequiredKeyword(string keyword, Dictionary<string, string[]> names) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Object)
            return true;
        check.Spend(names.Count * (1L + (value.GetPropertyCount() / 8)));
        var fits = true;
        foreach (var (name, others) in names)
        {
            if (value.TryGetProperty(name, out _))
                fits &= RequiredKeyword.Has(check, keyword, value, others);
        }

        return fits;
    }
}

/// <summary><c>dependentSchemas</c>, and of draft-07 the schemas of <c>dependencies</c>.</summary>
internal sealed class DependentSchemasKeyword(Dictionary<string, SchemaNode> schemas) : SchemaKeyword
{
    public override IEnumerable<SchemaNode> InPlace => schemas.Values;

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Object)
            return true;
        check.Spend(schemas.Count * (1L + (value.GetPropertyCount() / 8)));
        var fits = true;
        foreach (var (name, schema) in schemas)
        {
            if (value.TryGetProperty(name, out _))
                fits &= check.FitsInPlace(schema, value, parts);
        }

        return fits;
    }
}
