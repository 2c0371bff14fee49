namespace Parley.Protocol.Centrifuge.Schema;

/// <summary>Bounds that keep a stranger's message from exhausting the stack.</summary>
internal static class Limits
{
    /// <summary>
    /// Messages within messages, the outermost counted. A command with a filter of 31 levels reaches it, and in JSON takes
    /// <see cref="JsonPayload.MaxDepth"/> levels of objects and arrays then: both formats end at the same filter.
    /// </summary>
    public const int MessageDepth = 33;
}
