using System.Text.Json;

namespace Parley.Webhooks.Filters;

/// <summary>The pattern of a whole message: all that is named must match, and one of the alternatives, if there are any.</summary>
internal sealed record FilterPattern
{
    public FilterNode? EventType { get; init; }

    public FilterNode? Channels { get; init; }

    public FilterNode? Tags { get; init; }

    public FilterNode? Payload { get; init; }

    public IReadOnlyList<FilterPattern>? Alternatives { get; init; }

    public bool Matches(FilteredMessage message, ref FilterBudget budget)
    {
        if ((EventType is not null && !EventType.Matches(message.EventType, ref budget))
            || (Channels is not null && !Channels.Matches(message.Channels, ref budget))
            || (Tags is not null && !Tags.Matches(message.Tags, ref budget))
            || (Payload is not null && !Payload.Matches(message.Payload, ref budget)))
        {
            return false;
        }

        if (Alternatives is null)
            return true;
        foreach (var alternative in Alternatives)
        {
            if (alternative.Matches(message, ref budget))
                return true;
        }

        return false;
    }
}

/// <summary>A place in the payload.</summary>
internal abstract class FilterNode
{
    /// <param name="value">What is there; null: nothing.</param>
    /// <param name="budget">Pays for it.</param>
    public abstract bool Matches(JsonElement? value, ref FilterBudget budget);
}

/// <summary>An object of which some properties are asked for, and alternatives. Of a list, one of its items must be such an object.</summary>
internal sealed class ObjectNode((string Name, FilterNode Node)[] properties, FilterNode[]? alternatives) : FilterNode
{
    public override bool Matches(JsonElement? value, ref FilterBudget budget)
    {
        if (value is not { ValueKind: JsonValueKind.Array } list)
            return MatchesOne(value, ref budget);
        foreach (var item in list.EnumerateArray())
        {
            if (!budget.Spend(1))
                return false;
            if (MatchesOne(item, ref budget))
                return true;
        }

        return false;
    }

    private bool MatchesOne(JsonElement? value, ref FilterBudget budget)
    {
        var known = value is { ValueKind: JsonValueKind.Object } ? value : null;
        foreach (var (name, node) in properties)
        {
            // Properties are found one after the other.
            if (!budget.Spend(1 + ((known?.GetPropertyCount() ?? 0) / 8)))
                return false;
            if (!node.Matches(known is { } found && found.TryGetProperty(name, out var property) ? property : null, ref budget))
                return false;
        }

        if (alternatives is null)
            return true;
        foreach (var alternative in alternatives)
        {
            if (alternative.Matches(known, ref budget))
                return true;
        }

        return false;
    }
}

/// <summary>A value of which one of several conditions must hold.</summary>
internal sealed class ValueNode(FilterCondition[] conditions) : FilterNode
{
    public override bool Matches(JsonElement? value, ref FilterBudget budget)
    {
        foreach (var condition in conditions)
        {
            if (condition.Matches(value, ref budget))
                return true;
        }

        return false;
    }
}
