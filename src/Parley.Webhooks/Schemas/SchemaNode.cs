using System.Text.Json;
using Parley.Webhooks.Schemas.Keywords;

namespace Parley.Webhooks.Schemas;

/// <summary>A schema or a part of one, compiled.</summary>
internal sealed class SchemaNode(SchemaResource resource)
{
    public SchemaResource Resource => resource;

    /// <summary>For the schemas <c>true</c> and <c>false</c>.</summary>
    public bool? Always { get; init; }

    /// <summary>In the order in which they are checked.</summary>
    public List<SchemaKeyword> Keywords { get; } = [];

    /// <summary>Keywords that look at what all others have left, and so come last.</summary>
    public List<SchemaKeyword> Unevaluated { get; } = [];

    /// <param name="check">The check that is under way.</param>
    /// <param name="value">What is checked.</param>
    /// <param name="parts">Takes the parts of the value that were looked at; null when nobody asks. Holds nothing yet.</param>
    public bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (Always is { } always)
        {
            check.Spend(1);
            return always || check.Fail("false", "is not allowed");
        }

        check.Enter(resource);
        if (Unevaluated.Count > 0)
            parts ??= new EvaluatedParts();
        var fits = true;
        foreach (var keyword in Keywords)
        {
            if (!keyword.Fits(check, value, parts))
                fits = false;
            if (!fits && check.IsDecided)
                break;
        }

        // Of what does not fit, nobody can say what is left.
        if (fits)
        {
            foreach (var keyword in Unevaluated)
                fits &= keyword.Fits(check, value, parts);
        }

        check.Leave(resource);
        return fits;
    }
}
