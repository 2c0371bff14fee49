using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Parley.Webhooks.Api.OpenApi;

/// <summary>Makes the schemas of the document from the types that read and write the API's JSON, so that the two cannot differ.</summary>
internal sealed class ApiSchemas
{
    private const string Body = "Body";
    private const string View = "View";

    private readonly Queue<JsonTypeInfo> _open = new();
    private readonly HashSet<Type> _known = [];

    /// <summary>A reference to the schema of a type, which becomes one of the document's.</summary>
    public JsonObject Reference(JsonTypeInfo type)
    {
        if (_known.Add(type.Type))
            _open.Enqueue(type);
        return new JsonObject { ["$ref"] = "#/components/schemas/" + NameOf(type.Type) };
    }

    /// <summary>The schemas of all types that were referred to, by name.</summary>
    public JsonObject Build()
    {
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        while (_open.TryDequeue(out var type))
            schemas[NameOf(type.Type)] = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TransformSchemaNode = Transform });
        return new JsonObject(schemas.Select(static schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value)));
    }

    // EndpointView is Endpoint to the world, ListView<EndpointView> is EndpointList, EndpointBody what is sent.
    private static string NameOf(Type type) => type.IsGenericType
        ? NameOf(type.GetGenericArguments()[0]) + "List"
        : type.Name.EndsWith(View, StringComparison.Ordinal) ? type.Name[..^View.Length] : type.Name;

    private static bool IsOurs(JsonTypeInfo type) =>
        type.Kind is JsonTypeInfoKind.Object && type.Type.Namespace?.StartsWith("Parley.", StringComparison.Ordinal) is true;

    private static bool IsSent(Type type) => type.Name.EndsWith(Body, StringComparison.Ordinal);

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (IsOurs(context.TypeInfo) && !context.Path.IsEmpty)
            return Reference(context.TypeInfo);
        // Any JSON.
        var node = schema as JsonObject ?? [];
        if (context.PropertyInfo is { } property && !IsSent(property.DeclaringType) && node["type"] is JsonArray types)
        {
            // Answers leave out what is null.
            node["type"] = types.First(static type => type!.GetValue<string>() != "null")!.DeepClone();
        }

        if (!context.Path.IsEmpty || !IsOurs(context.TypeInfo))
            return node;
        node["type"] = "object";
        node.Remove("required");
        string[] required = IsSent(context.TypeInfo.Type) ? [] : [.. context.TypeInfo.Properties.Where(IsAlwaysThere).Select(static property => property.Name)];
        if (required.Length > 0)
            node["required"] = new JsonArray([.. required.Select(static name => (JsonNode)name)]);
        return node;
    }

    private static bool IsAlwaysThere(JsonPropertyInfo property) =>
        !property.IsGetNullable && Nullable.GetUnderlyingType(property.PropertyType) is null && property.PropertyType != typeof(JsonElement);
}
