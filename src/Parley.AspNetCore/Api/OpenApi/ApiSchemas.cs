using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Parley.AspNetCore.Api.Messages;

namespace Parley.AspNetCore.Api.OpenApi;

/// <summary>Makes the schemas of the API's messages from the types that read and write them, so that the two cannot differ.</summary>
internal sealed class ApiSchemas
{
    private readonly Queue<JsonTypeInfo> _open = new();
    private readonly HashSet<Type> _known = [];

    /// <summary>A reference to the schema of a type, which becomes one of the document's.</summary>
    public JsonObject Reference(JsonTypeInfo type)
    {
        if (_known.Add(type.Type))
            _open.Enqueue(type);
        return new JsonObject { ["$ref"] = "#/components/schemas/" + Name(type.Type) };
    }

    /// <summary>The schemas of all types that were referred to, by name.</summary>
    public JsonObject Build()
    {
        var schemas = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        while (_open.TryDequeue(out var type))
        {
            var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };
            schemas[Name(type.Type)] = type.GetJsonSchemaAsNode(options);
        }

        return new JsonObject(schemas.Select(static schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value)));
    }

    // ApiPublishRequest is PublishRequest to the world, PositionMessage is Position.
    private static string Name(Type type)
    {
        var name = type.Name.StartsWith("Api", StringComparison.Ordinal) ? type.Name[3..] : type.Name;
        return name.EndsWith("Message", StringComparison.Ordinal) ? name[..^"Message".Length] : name;
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var node = Replacement(context) ?? schema as JsonObject ?? [];
        // null is taken for an absent member, which needs no mention at every one of them.
        if (node["type"] is JsonArray { Count: 2 } types)
            node["type"] = types.First(static type => type!.GetValue<string>() != "null")!.DeepClone();
        if (context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), false) is [DescriptionAttribute description])
            node.Insert(0, "description", description.Description);
        if (context.Path.IsEmpty)
        {
            var required = context.TypeInfo.Properties.Where(IsRequired).Select(static property => (JsonNode)property.Name).ToArray();
            node.Remove("required");
            if (required.Length > 0)
                node["required"] = new JsonArray(required);
        }

        return node;
    }

    private JsonObject? Replacement(JsonSchemaExporterContext context)
    {
        var type = context.TypeInfo;
        if (type.Type == typeof(Dictionary<string, JsonSlice>))
            return Alternatives(static method => method.RequestType);
        if (type.ElementType == typeof(ApiReply))
        {
            var reply = Alternatives(static method => method.ResultType);
            reply["properties"]!["error"] = Reference(ApiJson.Default.ApiError);
            return new JsonObject { ["type"] = "array", ["items"] = reply };
        }

        var isOurs = type.Kind == JsonTypeInfoKind.Object && type.Type.Namespace == typeof(ApiError).Namespace;
        return isOurs && !context.Path.IsEmpty ? Reference(type) : null;
    }

    private JsonObject Alternatives(Func<ApiMethod, JsonTypeInfo> type) => new()
    {
        ["type"] = "object",
        ["minProperties"] = 1,
        ["maxProperties"] = 1,
        ["properties"] = new JsonObject(ApiMethods.All
            .Where(static method => method.IsBatchable)
            .Select(method => KeyValuePair.Create(method.Name, (JsonNode?)Reference(type(method))))),
    };

    private static bool IsRequired(JsonPropertyInfo property)
    {
        var type = property.PropertyType;
        var isAlwaysWritten = type.IsValueType && type != typeof(JsonSlice) && Nullable.GetUnderlyingType(type) is null;
        return isAlwaysWritten || property.IsRequired || property.AttributeProvider?.IsDefined(typeof(RequiredAttribute), false) == true;
    }
}
