namespace Parley.Testing;

/// <summary>Where the tests find what was built or lies beside them.</summary>
public static class Repository
{
    /// <summary>Folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release, as the running test project was built.</summary>
    public static string Configuration { get; } =
        new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Full path of a file or folder in the repository.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>Full path of an executable's assembly in the same configuration as the running tests.</summary>
    /// <exception cref="FileNotFoundException">It is not built.</exception>
    public static string AssemblyOf(string project)
    {
        var path = PathOf("src", project, "bin", Configuration, "net10.0", project + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{project} is not built in configuration {Configuration}.", path);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Parley.slnx")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No Parley.slnx above {AppContext.BaseDirectory}.");
    }
}
