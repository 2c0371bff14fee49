using System.Collections.Frozen;
using System.Text.Json;

namespace Parley.Webhooks.Api;

/// <summary>How values of our enums are written: <c>endpointDisabled</c>.</summary>
internal static class ApiNames
{
    /// <remarks>Allocates nothing, for any number of attempts.</remarks>
    public static string Of<T>(T value)
        where T : struct, Enum => Names<T>.ByValue.TryGetValue(value, out var name) ? name : NameOf(value);

    public static bool TryRead<T>(string? text, out T value)
        where T : struct, Enum
    {
        foreach (var (candidate, name) in Names<T>.ByValue)
        {
            if (name != text)
                continue;
            value = candidate;
            return true;
        }

        value = default;
        return false;
    }

    public static string All<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Of));

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> ByValue = Enum.GetValues<T>().ToFrozenDictionary(static value => value, NameOf);
    }
}
