using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Webhooks.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>uniqueItems</c>, by hashes that a sender cannot foresee: each with each would be a square.</summary>
internal sealed class UniqueItemsKeyword : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        if (value.ValueKind is not JsonValueKind.Array)
            return true;
        check.Spend(JsonMarshal.GetRawUtf8Value(value).Length / 4);
        var seen = new HashSet<JsonElement>(value.GetArrayLength(), JsonValueComparer.Instance);
        foreach (var item in value.EnumerateArray())
        {
            if (!seen.Add(item))
                return check.Fail("uniqueItems", "must not have the same item twice");
        }

        return true;
    }
}
