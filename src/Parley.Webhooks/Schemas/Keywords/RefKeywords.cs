using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>$ref</c>.</summary>
internal sealed class RefKeyword : SchemaKeyword
{
    /// <summary>Set when all that can be referred to is known.</summary>
    public SchemaNode? Target { get; set; }

    public override IEnumerable<SchemaNode> InPlace => Target is null ? [] : [Target];

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts) => check.FitsInPlace(Target!, value, parts);
}

/// <summary><c>$dynamicRef</c>.</summary>
internal sealed class DynamicRefKeyword : SchemaKeyword
{
    /// <summary>Where it leads as a plain reference.</summary>
    public SchemaNode? Target { get; set; }

    /// <summary>Set when an outer schema may take its place by an anchor of this name.</summary>
    public string? Anchor { get; set; }

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts) => check.FitsInPlace(Find(check) ?? Target!, value, parts);

    private SchemaNode? Find(SchemaCheck check)
    {
        if (Anchor is null)
            return null;
        check.Spend(check.Scope.Count);
        foreach (var resource in check.Scope)
        {
            if (resource.DynamicAnchors.TryGetValue(Anchor, out var outermost))
                return outermost;
        }

        return null;
    }
}
