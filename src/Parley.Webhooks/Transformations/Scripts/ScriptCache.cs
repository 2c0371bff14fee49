using Jint;
using Parley.Webhooks.Transformations.Workers;

namespace Parley.Webhooks.Transformations.Scripts;

/// <summary>Keeps the scripts that were used last in parsed form. What a script does is not kept.</summary>
internal sealed class ScriptCache(int capacity)
{
    // A parsed script takes many times the memory of its text.
    private const int MaxLength = 16 * 1024;

    private readonly LinkedList<(string Text, Prepared<Acornima.Ast.Script> Script)> _scripts = [];

    /// <exception cref="ScriptPreparationException">It is no JavaScript.</exception>
    public Prepared<Acornima.Ast.Script> Prepare(string text)
    {
        for (var node = _scripts.First; node is not null; node = node.Next)
        {
            if (node.Value.Text != text) continue;
            _scripts.Remove(node);
            _scripts.AddFirst(node);
            return node.Value.Script;
        }

        // Regular expressions of the text take their limit from here, and not from the engine.
        var parsing = ScriptParsingOptions.Default with { RegexTimeout = ScriptLimits.RegexTime };
        var script = Engine.PrepareScript(text, ScriptFailures.ScriptName, strict: true, new ScriptPreparationOptions { ParsingOptions = parsing });
        if (text.Length > MaxLength) return script;

        _scripts.AddFirst((text, script));
        if (_scripts.Count > capacity) _scripts.RemoveLast();
        return script;
    }
}
