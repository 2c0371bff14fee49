using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Webhooks.Json;

namespace Parley.Webhooks.Filters;

/// <summary>A condition of a value. Of a list, one of its items must meet it; <c>anything-but</c> all of them.</summary>
internal abstract class FilterCondition
{
    public virtual bool Matches(JsonElement? value, ref FilterBudget budget)
    {
        if (value is not { } known)
            return false;
        if (known.ValueKind is not JsonValueKind.Array)
            return TryHolds(known, ref budget);
        foreach (var item in known.EnumerateArray())
        {
            if (TryHolds(item, ref budget))
                return true;
        }

        return false;
    }

    protected abstract bool Holds(JsonElement value);

    protected bool TryHolds(JsonElement value, ref FilterBudget budget)
    {
        if (!budget.Spend(1 + (JsonMarshal.GetRawUtf8Value(value).Length / 64)))
            return false;
        try
        {
            return Holds(value);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape: no text that a filter could mean.
            return false;
        }
    }
}

/// <summary>The value itself: a text, a number, <c>true</c>, <c>false</c> or <c>null</c>.</summary>
internal sealed class EqualCondition(JsonElement wanted) : FilterCondition
{
    protected override bool Holds(JsonElement value) => JsonElement.DeepEquals(wanted, value);
}

/// <summary><c>{"prefix":"a"}</c>.</summary>
internal sealed class PrefixCondition(string prefix) : FilterCondition
{
    protected override bool Holds(JsonElement value) =>
        value.ValueKind is JsonValueKind.String && value.GetString()!.StartsWith(prefix, StringComparison.Ordinal);
}

/// <summary><c>{"suffix":"a"}</c>.</summary>
internal sealed class SuffixCondition(string suffix) : FilterCondition
{
    protected override bool Holds(JsonElement value) =>
        value.ValueKind is JsonValueKind.String && value.GetString()!.EndsWith(suffix, StringComparison.Ordinal);
}

/// <summary><c>{"equals-ignore-case":"a"}</c>.</summary>
internal sealed class IgnoreCaseCondition(string wanted) : FilterCondition
{
    protected override bool Holds(JsonElement value) =>
        value.ValueKind is JsonValueKind.String && value.GetString()!.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}

/// <summary><c>{"numeric":["&gt;",0,"&lt;=",5]}</c>.</summary>
internal sealed class NumericCondition((string Operator, JsonNumber Bound)[] bounds) : FilterCondition
{
    public static readonly string[] Operators = ["=", "<", "<=", ">", ">="];

    protected override bool Holds(JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.Number)
            return false;
        var number = new JsonNumber(value);
        return Array.TrueForAll(bounds, bound => number.CompareTo(bound.Bound) is var order && bound.Operator switch
        {
            "=" => order == 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }
}

/// <summary><c>{"exists":true}</c>.</summary>
internal sealed class ExistsCondition(bool wanted) : FilterCondition
{
    public override bool Matches(JsonElement? value, ref FilterBudget budget) => value is not null == wanted;

    protected override bool Holds(JsonElement value) => wanted;
}

/// <summary><c>{"anything-but":…}</c>: there is a value, and none of the conditions holds.</summary>
internal sealed class AnythingButCondition(FilterCondition[] unwanted) : FilterCondition
{
    public override bool Matches(JsonElement? value, ref FilterBudget budget)
    {
        if (value is null)
            return false;
        foreach (var condition in unwanted)
        {
            if (condition.Matches(value, ref budget))
                return false;
        }

        return !budget.IsSpent;
    }

    protected override bool Holds(JsonElement value) => false;
}
