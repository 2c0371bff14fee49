using System.Runtime.InteropServices;
using System.Text.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>enum</c> and <c>const</c>.</summary>
internal sealed class EnumKeyword(string name, JsonElement[] values) : SchemaKeyword
{
    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        check.Spend(values.Length + (JsonMarshal.GetRawUtf8Value(value).Length / 16));
        foreach (var one in values)
        {
            if (JsonElement.DeepEquals(one, value))
                return true;
        }

        return check.Fail(name, values.Length == 1 ? "must be the one value that the schema allows" : $"must be one of the {values.Length} values that the schema allows");
    }
}
