using System.Text.Json;

namespace Parley.Webhooks.Json;

/// <summary>Texts as JSON values.</summary>
internal static class JsonText
{
    public static JsonElement ToElement(string text) => JsonElement.Parse($"\"{JsonEncodedText.Encode(text)}\"");
}
