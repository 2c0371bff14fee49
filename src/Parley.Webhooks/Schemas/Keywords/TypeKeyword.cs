using System.Text.Json;
using Parley.Webhooks.Json;

namespace Parley.Webhooks.Schemas.Keywords;

/// <summary><c>type</c>.</summary>
internal sealed class TypeKeyword(string[] names) : SchemaKeyword
{
    public static readonly string[] Known = ["string", "number", "integer", "boolean", "object", "array", "null"];

    private readonly string _detail = "must be " + string.Join(" or ", names);

    public override bool Fits(SchemaCheck check, JsonElement value, EvaluatedParts? parts)
    {
        foreach (var name in names)
        {
            if (Is(name, value))
                return true;
        }

        return check.Fail("type", _detail);
    }

    private static bool Is(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => name == "string",
        JsonValueKind.Number => name == "number" || (name == "integer" && new JsonNumber(value).IsInteger),
        JsonValueKind.Object => name == "object",
        JsonValueKind.Array => name == "array",
        JsonValueKind.Null => name == "null",
        _ => name == "boolean",
    };
}
