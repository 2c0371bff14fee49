using System.Text.Json;
using Parley.Webhooks.Json;
using Parley.Webhooks.Schemas.Keywords;

namespace Parley.Webhooks.Schemas;

/// <summary>Reads the keywords of a subschema. Those that say nothing about validity (<c>title</c>, <c>format</c>, unknown ones) are passed over.</summary>
internal sealed class KeywordReader(SchemaCompiler compiler)
{
    private static readonly (string Name, JsonValueKind Kind, bool IsMax)[] Sizes =
    [
        ("minLength", JsonValueKind.String, false), ("maxLength", JsonValueKind.String, true), ("minItems", JsonValueKind.Array, false),
        ("maxItems", JsonValueKind.Array, true), ("minProperties", JsonValueKind.Object, false), ("maxProperties", JsonValueKind.Object, true),
    ];

    public void Read(JsonElement schema, string path, SchemaNode node)
    {
        var at = new Place(schema, path, node);
        ReadReferences(at);
        ReadSchemas(at, "$defs");
        ReadSchemas(at, "definitions");
        if (compiler.Dialect is SchemaDialect.Draft07 && schema.TryGetProperty("$ref", out _))
            return;
        ReadAssertions(at);
        ReadObject(at);
        ReadArray(at);
        ReadCombinations(at);
    }

    private bool Is202012 => compiler.Dialect is SchemaDialect.Draft202012;

    private void ReadReferences(Place at)
    {
        foreach (var name in Is202012 ? new[] { "$ref", "$dynamicRef" } : ["$ref"])
        {
            if (!at.Has(name, out var value))
                continue;
            if (value.ValueKind is not JsonValueKind.String)
            {
                compiler.Fail(at.PathOf(name), "must be a URI reference");
                continue;
            }

            SchemaKeyword keyword = name == "$ref" ? new RefKeyword() : new DynamicRefKeyword();
            at.Node.Keywords.Add(keyword);
            compiler.Expect(keyword, value.GetString()!, at.Node.Resource, at.PathOf(name));
        }
    }

    private void ReadAssertions(Place at)
    {
        if (at.Has("type", out var type))
            ReadType(at, type);
        if (at.Has("const", out var constant))
            at.Node.Keywords.Add(new EnumKeyword("const", [constant]));
        if (at.Has("enum", out var values))
        {
            if (values.ValueKind is not JsonValueKind.Array)
                compiler.Fail(at.PathOf("enum"), "must be a list of values");
            else
                at.Node.Keywords.Add(new EnumKeyword("enum", [.. values.EnumerateArray()]));
        }

        foreach (var name in new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" })
        {
            if (!at.Has(name, out var bound))
                continue;
            if (bound.ValueKind is not JsonValueKind.Number)
                compiler.Fail(at.PathOf(name), "must be a number");
            else
                at.Node.Keywords.Add(new BoundKeyword(name, bound));
        }

        if (at.Has("multipleOf", out var divisor))
        {
            if (divisor.ValueKind is not JsonValueKind.Number || !new JsonNumber(divisor).IsDivisor)
                compiler.Fail(at.PathOf("multipleOf"), "must be a number above 0 with at most 18 digits");
            else
                at.Node.Keywords.Add(new MultipleOfKeyword(divisor));
        }

        foreach (var (name, kind, isMax) in Sizes)
        {
            if (ReadCount(at, name) is { } limit)
                at.Node.Keywords.Add(new SizeKeyword(name, kind, isMax, limit));
        }

        if (at.Has("pattern", out var pattern))
        {
            if (pattern.ValueKind is not JsonValueKind.String)
                compiler.Fail(at.PathOf("pattern"), "must be a regular expression");
            else if (compiler.Pattern(pattern.GetString()!, at.PathOf("pattern")) is { } compiled)
                at.Node.Keywords.Add(new PatternKeyword(compiled));
        }
    }

    private void ReadType(Place at, JsonElement type)
    {
        JsonElement[] names = type.ValueKind is JsonValueKind.Array ? [.. type.EnumerateArray()] : [type];
        if (names.Length == 0 || !Array.TrueForAll(names, static name => name.ValueKind is JsonValueKind.String && TypeKeyword.Known.Contains(name.GetString())))
            compiler.Fail(at.PathOf("type"), $"must be one or a list of {string.Join(", ", TypeKeyword.Known)}");
        else
            at.Node.Keywords.Add(new TypeKeyword([.. names.Select(static name => name.GetString()!)]));
    }

    private void ReadObject(Place at)
    {
        if (at.Has("required", out var required) && ReadNames(required, at.PathOf("required")) is { Length: > 0 } names)
            at.Node.Keywords.Add(new RequiredKeyword(names));
        var properties = ReadSchemas(at, "properties");
        var patterns = new List<(SchemaPattern, SchemaNode)>();
        foreach (var (text, schema) in ReadSchemas(at, "patternProperties") ?? [])
        {
            if (compiler.Pattern(text, $"{at.PathOf("patternProperties")}/{JsonPointers.Escape(text)}") is { } pattern)
                patterns.Add((pattern, schema));
        }

        var additional = ReadSchema(at, "additionalProperties");
        if (properties is not null || patterns.Count > 0 || additional is not null)
            at.Node.Keywords.Add(new PropertiesKeyword(properties ?? [], [.. patterns], additional));
        if (ReadSchema(at, "propertyNames") is { } name)
            at.Node.Keywords.Add(new PropertyNamesKeyword(name));
        if (Is202012)
        {
            if (at.Has("dependentRequired", out var dependencies))
                ReadDependencies(at, "dependentRequired", dependencies, static value => true);
            if (ReadSchemas(at, "dependentSchemas") is { } schemas)
                at.Node.Keywords.Add(new DependentSchemasKeyword(schemas));
            if (ReadSchema(at, "unevaluatedProperties") is { } rest)
                at.Node.Unevaluated.Add(new UnevaluatedPropertiesKeyword(rest));
        }
        else if (at.Has("dependencies", out var dependencies))
        {
            ReadDependencies(at, "dependencies", dependencies, static value => value.ValueKind is JsonValueKind.Array);
            if (ReadSchemas(at, "dependencies", static value => value.ValueKind is not JsonValueKind.Array) is { } schemas)
                at.Node.Keywords.Add(new DependentSchemasKeyword(schemas));
        }
    }

    private void ReadDependencies(Place at, string keyword, JsonElement value, Predicate<JsonElement> isList)
    {
        if (value.ValueKind is not JsonValueKind.Object)
        {
            compiler.Fail(at.PathOf(keyword), "must be an object");
            return;
        }

        var names = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject().Where(property => isList(property.Value)))
            names[property.Name] = ReadNames(property.Value, $"{at.PathOf(keyword)}/{JsonPointers.Escape(property.Name)}");
        at.Node.Keywords.Add(new DependentRequiredKeyword(keyword, names));
    }

    private void ReadArray(Place at)
    {
        var first = ReadList(at, Is202012 ? "prefixItems" : "items");
        SchemaNode? others;
        if (Is202012)
        {
            if (at.Has("items", out var items) && items.ValueKind is JsonValueKind.Array)
                compiler.Fail(at.PathOf("items"), "must be a schema: for a list of them there is prefixItems");
            others = items.ValueKind is JsonValueKind.Array ? null : ReadSchema(at, "items");
        }
        else
        {
            others = first is null ? ReadSchema(at, "items") : ReadSchema(at, "additionalItems");
        }

        if (first is not null || others is not null)
            at.Node.Keywords.Add(new ItemsKeyword(first ?? [], others));
        if (ReadSchema(at, "contains") is { } contained)
        {
            at.Node.Keywords.Add(Is202012
                ? new ContainsKeyword(contained, ReadCount(at, "minContains") ?? 1, ReadCount(at, "maxContains"))
                : new ContainsKeyword(contained, 1, null));
        }

        if (at.Has("uniqueItems", out var unique))
        {
            if (unique.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                compiler.Fail(at.PathOf("uniqueItems"), "must be true or false");
            else if (unique.ValueKind is JsonValueKind.True)
                at.Node.Keywords.Add(new UniqueItemsKeyword());
        }

        if (Is202012 && ReadSchema(at, "unevaluatedItems") is { } rest)
            at.Node.Unevaluated.Add(new UnevaluatedItemsKeyword(rest));
    }

    private void ReadCombinations(Place at)
    {
        if (ReadList(at, "allOf", isRequired: true) is { } all)
            at.Node.Keywords.Add(new AllOfKeyword(all));
        if (ReadList(at, "anyOf", isRequired: true) is { } any)
            at.Node.Keywords.Add(new AnyOfKeyword(any));
        if (ReadList(at, "oneOf", isRequired: true) is { } one)
            at.Node.Keywords.Add(new OneOfKeyword(one));
        if (ReadSchema(at, "not") is { } not)
            at.Node.Keywords.Add(new NotKeyword(not));
        var (condition, then, otherwise) = (ReadSchema(at, "if"), ReadSchema(at, "then"), ReadSchema(at, "else"));
        if (condition is not null)
            at.Node.Keywords.Add(new IfKeyword(condition, then, otherwise));
    }

    private SchemaNode? ReadSchema(Place at, string name) => at.Has(name, out var value) ? compiler.Read(value, at.PathOf(name), at.Node.Resource) : null;

    private Dictionary<string, SchemaNode>? ReadSchemas(Place at, string name, Predicate<JsonElement>? isSchema = null)
    {
        if (!at.Has(name, out var value))
            return null;
        if (value.ValueKind is not JsonValueKind.Object)
        {
            compiler.Fail(at.PathOf(name), "must be an object of schemas");
            return null;
        }

        var schemas = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (isSchema?.Invoke(property.Value) ?? true)
                schemas[property.Name] = compiler.Read(property.Value, $"{at.PathOf(name)}/{JsonPointers.Escape(property.Name)}", at.Node.Resource);
        }

        return schemas;
    }

    /// <returns>Null when it is not there, or, unless it is required to be one, no list.</returns>
    private SchemaNode[]? ReadList(Place at, string name, bool isRequired = false)
    {
        if (!at.Has(name, out var value))
            return null;
        if (value.ValueKind is not JsonValueKind.Array || (isRequired && value.GetArrayLength() == 0))
        {
            if (isRequired || name == "prefixItems")
                compiler.Fail(at.PathOf(name), "must be a list of schemas");
            return null;
        }

        return [.. value.EnumerateArray().Select((schema, index) => compiler.Read(schema, $"{at.PathOf(name)}/{index}", at.Node.Resource))];
    }

    private string[] ReadNames(JsonElement value, string path)
    {
        if (value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(static name => name.ValueKind is JsonValueKind.String))
            return [.. value.EnumerateArray().Select(static name => name.GetString()!)];
        compiler.Fail(path, "must be a list of names");
        return [];
    }

    private long? ReadCount(Place at, string name)
    {
        if (!at.Has(name, out var value))
            return null;
        // 2.0 is a whole number too.
        if (value.ValueKind is JsonValueKind.Number && new JsonNumber(value).IsInteger && value.TryGetDouble(out var count) && count is >= 0 and <= int.MaxValue)
            return (long)count;
        compiler.Fail(at.PathOf(name), $"must be a whole number from 0 to {int.MaxValue}");
        return null;
    }

    private readonly record struct Place(JsonElement Schema, string Path, SchemaNode Node)
    {
        public bool Has(string name, out JsonElement value) => Schema.TryGetProperty(name, out value);

        public string PathOf(string name) => $"{Path}/{name}";
    }
}
