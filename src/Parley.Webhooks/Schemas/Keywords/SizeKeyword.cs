using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>minLength</c>, <c>maxLength</c>, <c>minItems</c>, <c>maxItems</c>, <c>minProperties</c>, <c>maxProperties</c>.</summary>
internal sealed class SizeKeyword(string name, JsonValueKind kind, bool isMax, long limit) : SchemaKeyword
{
    private readonly string _detail =
        $"must have at {(isMax ? "most" : "least")} {limit} {kind switch { JsonValueKind.String => "characters", JsonValueKind.Array => "items", _ => "properties" }}";

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind != kind)
            return true;
        var size = kind switch
        {
            JsonValueKind.String => Characters(check, value.GetString()!),
            JsonValueKind.Array => value.GetArrayLength(),
            _ => value.GetPropertyCount(),
        };
        return (isMax ? size <= limit : size >= limit) || check.Fail(name, _detail);
    }

    private static int Characters(SchemaCheck check, string text)
    {
        check.Spend(text.Length / 16);
        var count = text.Length;
        foreach (var unit in text)
        {
            if (char.IsLowSurrogate(unit))
                count--;
        }

        return count;
    }
}
