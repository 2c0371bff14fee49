using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Server.Configuration;

/// <summary>Writes the configuration as the server understands it, without its secrets.</summary>
internal static class EffectiveConfiguration
{
    private const string Generated = "(generated, in keys.json)";

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = OptionsJson.Default,
    };

    public static string Write(ServerSettings settings)
    {
        var parley = JsonSerializer.SerializeToNode(settings.Server, OptionsJson.Default.ServerOptions)!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(settings.Parley, OptionsJson.Default.ParleyOptions)!.AsObject())
            parley[name] = value?.DeepClone();

        MaskSecrets(parley);
        if (settings.UsesGeneratedTokenSecret)
            parley["Tokens"]!["HmacSecret"] = Generated;
        if (settings.UsesGeneratedApiKey)
            parley["Api"]!["Keys"] = new JsonArray(Generated);

        var root = new JsonObject
        {
            ["Urls"] = new JsonArray([.. settings.Addresses.Select(static address => JsonValue.Create(address.Url))]),
            ["Parley"] = parley,
        };
        return root.ToJsonString(Format);
    }

    private static void MaskSecrets(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject section:
                foreach (var (name, value) in section.ToList())
                {
                    if (value is not null && SecretKeys.Contains(name))
                        section[name] = value is JsonArray list ? new JsonArray([.. list.Select(static _ => JsonValue.Create(SecretKeys.Mask))]) : SecretKeys.Mask;
                    else
                        MaskSecrets(value);
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                    MaskSecrets(item);
                break;
        }
    }
}
