using System.Runtime.CompilerServices;

namespace Parley.Webhooks.Schemas;

/// <summary>Finds schemas that ask themselves about the same value again, without end.</summary>
internal sealed class CircleFinder(IReadOnlyDictionary<string, SchemaNode> nodes, Action<string, string> fail)
{
    private readonly HashSet<SchemaNode> _open = [];
    private readonly HashSet<SchemaNode> _done = [];

    public void Find()
    {
        foreach (var (path, node) in nodes)
        {
            if (LeadsBack(node))
            {
                fail(path, "must not refer to itself without end");
                return;
            }
        }
    }

    private bool LeadsBack(SchemaNode node)
    {
        if (_done.Contains(node))
            return false;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack() || !_open.Add(node))
            return true;
        foreach (var keyword in node.Keywords)
        {
            foreach (var next in keyword.InPlace)
            {
                if (LeadsBack(next))
                    return true;
            }
        }

        _open.Remove(node);
        _done.Add(node);
        return false;
    }
}
