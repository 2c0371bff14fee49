using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Webhooks.Schemas.Keywords;

namespace Parley.Webhooks.Schemas;

/// <summary>Makes of a schema what values are checked by, or says what is wrong with it. Nothing outside of it is ever read.</summary>
internal sealed class SchemaCompiler
{
    /// <summary>What relative addresses of a schema without <c>$id</c> are relative to; a reserved name (RFC 2606), for nobody asks for it.</summary>
    private static readonly Uri NoAddress = new("https://schema.invalid/");

    private readonly Dictionary<string, SchemaNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaResource> _resources = new(StringComparer.Ordinal);
    private readonly Queue<(SchemaKeyword Keyword, string Reference, SchemaResource Resource, string Path)> _references = new();
    private readonly List<FieldError> _problems = [];
    private readonly KeywordReader _reader;
    private int _patterns;

    private SchemaCompiler(SchemaDialect dialect)
    {
        Dialect = dialect;
        _reader = new KeywordReader(this);
    }

    public SchemaDialect Dialect { get; }

    public static CompiledSchema Compile(JsonElement source)
    {
        if (JsonMarshal.GetRawUtf8Value(source).Length > SchemaLimits.MaxBytes)
            return new CompiledSchema(null, [new FieldError("", $"must have at most {SchemaLimits.MaxBytes / 1024} KiB")]);
        var dialect = SchemaDialect.Draft202012;
        if (source.ValueKind is JsonValueKind.Object && source.TryGetProperty("$schema", out var name))
        {
            if (SchemaDialects.Read(name) is not { } known)
                return new CompiledSchema(null, [new FieldError("/$schema", SchemaDialects.Allowed)]);
            dialect = known;
        }

        var compiler = new SchemaCompiler(dialect);
        try
        {
            var root = compiler.ReadWhole(source);
            return new CompiledSchema(compiler._problems.Count > 0 ? null : root, compiler._problems);
        }
        catch (SchemaProblemsException)
        {
            return new CompiledSchema(null, compiler._problems);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape.
            return new CompiledSchema(null, [new FieldError("", "has text that is not Unicode")]);
        }
    }

    /// <summary>Reads a subschema.</summary>
    /// <param name="schema">As it is written.</param>
    /// <param name="path">Where: a pointer from the whole.</param>
    /// <param name="outer">The schema with an address that it is a part of.</param>
    public SchemaNode Read(JsonElement schema, string path, SchemaResource outer)
    {
        if (_nodes.TryGetValue(path, out var known))
            return known;
        if (_nodes.Count >= SchemaLimits.MaxSubschemas)
        {
            Fail("", $"must have at most {SchemaLimits.MaxSubschemas} subschemas");
            throw new SchemaProblemsException();
        }

        if (schema.ValueKind is not JsonValueKind.Object)
        {
            if (schema.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                Fail(path, "must be a schema: an object, true or false");
            return _nodes[path] = new SchemaNode(outer) { Always = schema.ValueKind is JsonValueKind.True };
        }

        // Beside a reference draft-07 ignores everything.
        var isReference = Dialect is SchemaDialect.Draft07 && path.Length > 0 && schema.TryGetProperty("$ref", out _);
        var resource = isReference ? outer : ResourceOf(schema, path, outer);
        var node = new SchemaNode(resource);
        _nodes.Add(path, node);
        if (!isReference)
            ReadAnchors(schema, path, node);
        _reader.Read(schema, path, node);
        return node;
    }

    /// <summary>Has a reference resolved when all is read.</summary>
    public void Expect(SchemaKeyword keyword, string reference, SchemaResource resource, string path) => _references.Enqueue((keyword, reference, resource, path));

    public SchemaPattern? Pattern(string text, string path)
    {
        if (++_patterns > SchemaLimits.MaxPatterns)
        {
            Fail(path, $"is more than the {SchemaLimits.MaxPatterns} regular expressions that a schema may have");
            return null;
        }

        if (SchemaPattern.TryCreate(text, out var pattern, out var problem))
            return pattern;
        Fail(path, problem);
        return null;
    }

    public void Fail(string path, string detail)
    {
        _problems.Add(new FieldError(path.Length > SchemaLimits.MaxPointer ? path[..SchemaLimits.MaxPointer] + "…" : path, detail));
        if (_problems.Count >= SchemaLimits.MaxErrors)
            throw new SchemaProblemsException();
    }

    private SchemaNode ReadWhole(JsonElement source)
    {
        var whole = new SchemaResource(NoAddress, source, "");
        _resources[NoAddress.AbsoluteUri] = whole;
        var root = Read(source, "", whole);
        while (_references.TryDequeue(out var reference))
            Resolve(reference.Keyword, reference.Reference, reference.Resource, reference.Path);
        if (_problems.Count == 0)
            new CircleFinder(_nodes, Fail).Find();
        return root;
    }

    private SchemaResource ResourceOf(JsonElement schema, string path, SchemaResource outer)
    {
        if (path.Length > 0 && schema.TryGetProperty("$schema", out var name) && SchemaDialects.Read(name) != Dialect)
            Fail(path + "/$schema", "must be that of the whole schema");
        if (!schema.TryGetProperty("$id", out var id) || (Dialect is SchemaDialect.Draft07 && IsFragment(id)))
            return outer;
        if (id.ValueKind is not JsonValueKind.String || !Uri.TryCreate(outer.Uri, id.GetString(), out var uri) || uri.Fragment.Length > 1)
        {
            Fail(path + "/$id", "must be a URI without a fragment");
            return outer;
        }

        var resource = new SchemaResource(uri, schema, path);
        if (!_resources.TryAdd(WithoutFragment(uri), resource))
            Fail(path + "/$id", "must not be that of another subschema");
        return resource;
    }

    private void ReadAnchors(JsonElement schema, string path, SchemaNode node)
    {
        if (Dialect is SchemaDialect.Draft07)
        {
            if (schema.TryGetProperty("$id", out var id) && IsFragment(id))
                Add("$id", id.GetString()![1..], node.Resource.Anchors);
            return;
        }

        foreach (var keyword in new[] { "$anchor", "$dynamicAnchor" })
        {
            if (!schema.TryGetProperty(keyword, out var value))
                continue;
            if (value.ValueKind is not JsonValueKind.String || !IsAnchor(value.GetString()!))
                Fail($"{path}/{keyword}", "must be a letter or _, and then letters, digits, -, _ and full stops");
            else if (Add(keyword, value.GetString()!, node.Resource.Anchors) && keyword == "$dynamicAnchor")
                node.Resource.DynamicAnchors[value.GetString()!] = node;
        }

        bool Add(string keyword, string anchor, Dictionary<string, SchemaNode> anchors)
        {
            if (anchors.TryAdd(anchor, node) || anchors[anchor] == node)
                return true;
            Fail($"{path}/{keyword}", "must not be that of another subschema");
            return false;
        }
    }

    private void Resolve(SchemaKeyword keyword, string reference, SchemaResource from, string path)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var fragment = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        var resource = from;
        if (hash != 0 && (!Uri.TryCreate(from.Uri, reference, out var uri) || !_resources.TryGetValue(WithoutFragment(uri), out resource)))
            resource = null;
        var target = resource is null ? null : Find(resource, fragment);
        if (target is null)
        {
            Fail(path, "must lead to a place in this schema: others are not fetched");
            return;
        }

        if (keyword is RefKeyword plain)
            plain.Target = target;
        else if (keyword is DynamicRefKeyword dynamic)
            (dynamic.Target, dynamic.Anchor) = (target, target.Resource.DynamicAnchors.GetValueOrDefault(fragment) == target ? fragment : null);
    }

    private SchemaNode? Find(SchemaResource resource, string fragment)
    {
        if (fragment.Length > 0 && fragment[0] != '/')
            return resource.Anchors.GetValueOrDefault(fragment);

        var element = resource.Root;
        var path = resource.Path;
        foreach (var segment in fragment.Length == 0 ? [] : fragment[1..].Split('/'))
        {
            var name = JsonPointers.Unescape(segment);
            if (element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var property))
                element = property;
            else if (element.ValueKind is JsonValueKind.Array && uint.TryParse(name, out var index) && index < element.GetArrayLength())
                element = element[(int)index];
            else
                return null;
            path += "/" + JsonPointers.Escape(name);
            if (_nodes.TryGetValue(path, out var passed))
                resource = passed.Resource;
        }

        return Read(element, path, resource);
    }

    private static bool IsFragment(JsonElement id) => id.ValueKind is JsonValueKind.String && id.GetString()!.StartsWith('#');

    private static bool IsAnchor(string text) => text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_')
        && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');

    private static string WithoutFragment(Uri uri)
    {
        var text = uri.AbsoluteUri;
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        return hash < 0 ? text : text[..hash];
    }
}

/// <summary>Enough is wrong with a schema.</summary>
internal sealed class SchemaProblemsException : Exception;
