using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>pattern</c>.</summary>
internal sealed class PatternKeyword(SchemaPattern pattern) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts) =>
        value.ValueKind is not JsonValueKind.String || pattern.IsMatch(check, value.GetString()!) || check.Fail("pattern", $"must match the pattern {pattern.Text}");
}
