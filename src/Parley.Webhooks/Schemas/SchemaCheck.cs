using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Parley.Webhooks.Schemas;

/// <summary>One value on its way through a schema: where it stands, what it has cost, and what was wrong.</summary>
internal sealed class SchemaCheck(long steps, string pointer)
{
    private readonly List<(string? Name, int Index)> _path = [];
    private readonly List<SchemaResource> _scope = [];
    private long _stepsLeft = steps;
    private int _depth;
    private int _quiet;

    public List<FieldError> Errors { get; } = [];

    /// <summary>Whether nothing more is to be learnt from something that does not fit.</summary>
    public bool IsDecided => _quiet > 0 || Errors.Count >= SchemaLimits.MaxErrors;

    /// <summary>Schemas with addresses that the check is inside of, outermost first.</summary>
    public IReadOnlyList<SchemaResource> Scope => _scope;

    /// <exception cref="SchemaCostException">It has cost too much.</exception>
    public void Spend(long steps)
    {
        _stepsLeft -= steps;
        if (_stepsLeft < 0)
            throw new SchemaCostException("takes more steps to check than are allowed");
    }

    public void Enter(SchemaResource resource)
    {
        Spend(1);
        if (++_depth > SchemaLimits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new SchemaCostException("leads the schema too deep into itself");
        _scope.Add(resource);
    }

    public void Leave(SchemaResource resource)
    {
        _depth--;
        _scope.RemoveAt(_scope.Count - 1);
    }

    public bool FitsProperty(SchemaNode node, string name, JsonElement value) => FitsPart(node, (name, 0), value);

    public bool FitsItem(SchemaNode node, int index, JsonElement value) => FitsPart(node, (null, index), value);

    /// <summary>Checks the same value again; what was looked at counts when it fits.</summary>
    public bool FitsInPlace(SchemaNode node, JsonElement value, EvaluatedParts? parts)
    {
        if (parts is null)
            return node.Fits(this, value, null);
        var own = new EvaluatedParts();
        if (!node.Fits(this, value, own))
            return false;
        Spend(own.Count);
        parts.Add(own);
        return true;
    }

    /// <summary>From here on what does not fit is no error yet.</summary>
    public void BeginQuiet() => _quiet++;

    public void EndQuiet() => _quiet--;

    /// <summary>Notes an error, unless it is none yet.</summary>
    /// <returns>False.</returns>
    public bool Fail(string keyword, string detail)
    {
        if (!IsDecided)
            Errors.Add(new FieldError(Pointer(), detail) { Keyword = keyword });
        return false;
    }

    private bool FitsPart(SchemaNode node, (string? Name, int Index) step, JsonElement value)
    {
        _path.Add(step);
        var fits = node.Fits(this, value, null);
        _path.RemoveAt(_path.Count - 1);
        return fits;
    }

    private string Pointer()
    {
        var text = new StringBuilder(pointer);
        foreach (var (name, index) in _path)
        {
            text.Append('/');
            if (name is null)
                text.Append(index);
            else
                text.Append(JsonPointers.Escape(name));
            if (text.Length > SchemaLimits.MaxPointer)
                return text.ToString(0, SchemaLimits.MaxPointer) + "…";
        }

        return text.ToString();
    }
}

/// <summary>A check costs more than is allowed.</summary>
internal sealed class SchemaCostException(string message) : Exception(message);
