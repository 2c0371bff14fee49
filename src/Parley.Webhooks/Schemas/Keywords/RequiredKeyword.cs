using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>required</c>.</summary>
internal sealed class RequiredKeyword(string[] names) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts) =>
        value.ValueKind is not JsonValueKind.Object || Has(check, "required", value, names);

    /// <summary>Whether an object has all of the properties.</summary>
    public static bool Has(SchemaCheck check, string keyword, JsonElement value, string[] names)
    {
        check.Spend(names.Length * (1L + (value.GetPropertyCount() / 8)));
        var fits = true;
        foreach (var name in names)
        {
            if (!value.TryGetProperty(name, out _))
                fits = check.Fail(keyword, $"must have the property {name}");
        }

        return fits;
    }
}
