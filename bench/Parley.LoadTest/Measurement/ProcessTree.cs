using System.Globalization;

namespace Parley.LoadTest.Measurement;

/// <summary>A process and all that it started: servers such as nginx work in children.</summary>
internal static class ProcessTree
{
    /// <summary>Ids of a process and its descendants, itself first.</summary>
    public static IReadOnlyList<int> Find(int root)
    {
        var children = Parents().ToLookup(p => p.Parent, p => p.Id);
        var found = new List<int> { root };
        for (var i = 0; i < found.Count; i++)
            found.AddRange(children[found[i]]);

        return found;
    }

    /// <summary>Fields of <c>/proc/PID/stat</c> behind the program's name, which stands in parentheses and may hold anything.</summary>
    public static string[] FieldsOf(string stat) => stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

    private static IEnumerable<(int Id, int Parent)> Parents()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;

            string stat;
            try
            {
                stat = File.ReadAllText($"{folder}/stat");
            }
            catch (IOException)
            {
                continue; // it ended meanwhile
            }

            yield return (id, int.Parse(FieldsOf(stat)[1], CultureInfo.InvariantCulture));
        }
    }
}
