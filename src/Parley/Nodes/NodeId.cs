namespace Parley.Nodes;

/// <summary>The names that nodes know each other by, new at every start.</summary>
internal static class NodeId
{
    private const string Format = "D";

    public static string Create() => Guid.NewGuid().ToString(Format);

    /// <summary>Whether a text has the form of a node's id. Who is asked about another one need not ask the other nodes.</summary>
    public static bool IsPlausible(string text) =>
        // Read and written again, because reading takes other forms and upper case too.
        Guid.TryParseExact(text, Format, out var id) && id.ToString(Format) == text;
}
