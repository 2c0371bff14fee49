using System.Text.Json;

namespace Parley.Webhooks.Json;

/// <summary>JSON values are equal when they mean the same: 1 and 1.0, and objects whatever their order.</summary>
internal sealed class JsonValueComparer : IEqualityComparer<JsonElement>
{
    public static readonly JsonValueComparer Instance = new();

    public bool Equals(JsonElement x, JsonElement y) => JsonElement.DeepEquals(x, y);

    public int GetHashCode(JsonElement obj)
    {
        var hash = new HashCode();
        hash.Add(obj.ValueKind);
        switch (obj.ValueKind)
        {
            case JsonValueKind.String:
                hash.Add(obj.GetString(), StringComparer.Ordinal);
                break;
            case JsonValueKind.Number:
                new JsonNumber(obj).AddTo(ref hash);
                break;
            case JsonValueKind.Array:
                foreach (var item in obj.EnumerateArray())
                    hash.Add(GetHashCode(item));
                break;
            case JsonValueKind.Object:
                var sum = 0;
                foreach (var property in obj.EnumerateObject())
                    sum = unchecked(sum + HashCode.Combine(property.Name, GetHashCode(property.Value)));
                hash.Add(sum);
                break;
        }

        return hash.ToHashCode();
    }
}
