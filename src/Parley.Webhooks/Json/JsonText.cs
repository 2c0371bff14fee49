using System.Text.Json;

namespace Parley.Webhooks.Json;

/// <summary>Texts as JSON values.</summary>
internal static class JsonText
{
    public static JsonElement ToElement(string text) => JsonElement.Parse(Quote(text));

    /// <returns>A list; null when it would be empty.</returns>
    public static JsonElement? ToElement(IReadOnlyList<string> texts) => texts.Count == 0 ? null : JsonElement.Parse($"[{string.Join(',', texts.Select(Quote))}]");

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
