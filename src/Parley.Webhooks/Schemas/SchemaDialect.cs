using System.Text.Json;

namespace Parley.Webhooks.Schemas;

/// <summary>Which JSON Schema: <c>$schema</c> says so.</summary>
internal enum SchemaDialect
{
    Draft202012,
    Draft07,
}

/// <summary>Reads which one.</summary>
internal static class SchemaDialects
{
    public const string Allowed = "must be https://json-schema.org/draft/2020-12/schema or http://json-schema.org/draft-07/schema#";

    /// <summary>Null: none that is known here.</summary>
    public static SchemaDialect? Read(JsonElement value) => value.ValueKind is not JsonValueKind.String ? null : value.GetString()!.TrimEnd('#') switch
    {
        "https://json-schema.org/draft/2020-12/schema" => SchemaDialect.Draft202012,
        "http://json-schema.org/draft-07/schema" or "https://json-schema.org/draft-07/schema" => SchemaDialect.Draft07,
        _ => null,
    };
}
