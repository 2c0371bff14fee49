using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary>One keyword of a schema, with what belongs to it.</summary>
internal abstract class SchemaKeyword
{
    /// <summary>Subschemas for the same value: a circle of them would never end.</summary>
    public virtual IEnumerable<SchemaNode> InPlace => [];

    /// <param name="check">The check that is under way: pays, and takes errors.</param>
    /// <param name="value">What is checked.</param>
    /// <param name="parts">Takes the parts of the value that were looked at; null when nobody asks.</param>
    public abstract bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts);
}
