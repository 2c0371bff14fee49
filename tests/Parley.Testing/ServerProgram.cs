namespace Parley.Testing;

/// <summary>The server that the tests start: the one that was built with them, or a published one.</summary>
public static class ServerProgram
{
    /// <summary>Environment variable with the path of a published server: <c>PARLEY_SERVER=/opt/parley/Parley.Server ./test endtoend</c>.</summary>
    public const string Variable = "PARLEY_SERVER";

    /// <summary>Program and first arguments.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static IReadOnlyList<string> Command { get; } = Find(Environment.GetEnvironmentVariable(Variable));

    private static string[] Find(string? published)
    {
        if (string.IsNullOrEmpty(published))
            return ["dotnet", "exec", Repository.AssemblyOf("Parley.Server")];

        var path = Path.GetFullPath(published, Repository.Root);
        return File.Exists(path) ? [path] : throw new FileNotFoundException($"{Variable} names no file.", path);
    }
}
