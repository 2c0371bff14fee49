using System.Text.Json;

namespace Parley.Webhooks.Schemas;

/// <summary>A schema that has an address of its own (<c>$id</c>), or the whole.</summary>
internal sealed class SchemaResource(Uri uri, JsonElement root, string path)
{
    public Uri Uri => uri;

    public JsonElement Root => root;

    /// <summary>Where it lies, as a pointer from the whole.</summary>
    public string Path => path;

    /// <summary>Subschemas by <c>$anchor</c> and <c>$dynamicAnchor</c>.</summary>
    public Dictionary<string, SchemaNode> Anchors { get; } = new(StringComparer.Ordinal);

    /// <summary>Those by <c>$dynamicAnchor</c>.</summary>
    public Dictionary<string, SchemaNode> DynamicAnchors { get; } = new(StringComparer.Ordinal);
}
