namespace Parley.Protocol.Centrifuge;

/// <summary>A condition on the tags of publications: a comparison, or a combination of other conditions.</summary>
public sealed class FilterNode
{
    /// <summary><c>and</c>, <c>or</c>, <c>not</c> of <see cref="Nodes"/>; empty for a comparison.</summary>
    public string Op { get; set; } = "";

    /// <summary>Name of the tag.</summary>
    public string Key { get; set; } = "";

    /// <summary>
    /// <c>eq</c>, <c>neq</c>, <c>in</c>, <c>nin</c>, <c>ex</c> (exists), <c>nex</c>, <c>sw</c> (starts with), <c>ew</c> (ends with),
    /// <c>ct</c> (contains), or as numbers <c>lt</c>, <c>lte</c>, <c>gt</c>, <c>gte</c>.
    /// </summary>
    public string Cmp { get; set; } = "";

    public string Val { get; set; } = "";

    /// <summary>For <c>in</c> and <c>nin</c>.</summary>
    public IReadOnlyList<string>? Vals { get; set; }

    public IReadOnlyList<FilterNode>? Nodes { get; set; }
}
