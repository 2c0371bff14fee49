using System.Text.Json;
using Parley.Webhooks.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>minimum</c>, <c>maximum</c> and their exclusive forms.</summary>
internal sealed class BoundKeyword(string name, JsonElement bound) : SchemaKeyword
{
    private readonly JsonNumber _bound = new(bound);

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Number)
            return true;
        var order = new JsonNumber(value).CompareTo(_bound);
        return name switch
        {
            "minimum" => order >= 0 || check.Fail(name, $"must be at least {_bound}"),
            "maximum" => order <= 0 || check.Fail(name, $"must be at most {_bound}"),
            "exclusiveMinimum" => order > 0 || check.Fail(name, $"must be more than {_bound}"),
            _ => order < 0 || check.Fail(name, $"must be less than {_bound}"),
        };
    }
}

/// <summary><c>multipleOf</c>.</summary>
internal sealed class MultipleOfKeyword(JsonElement divisor) : SchemaKeyword
{
    private readonly JsonNumber _divisor = new(divisor);

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts) =>
        value.ValueKind is not JsonValueKind.Number || new JsonNumber(value).IsMultipleOf(_divisor) || check.Fail("multipleOf", $"must be a multiple of {_divisor}");
}
