namespace Payments.Processes;

/// <summary>Where the programs are that were built together with this one.</summary>
internal static class Programs
{
    public static string Server { get; } = PathOf("../../src/Parley.Server", "Parley.Server");

    public static string Shop { get; } = PathOf("Shop", "Shop");

    public static string Bookkeeping { get; } = PathOf("Partners/Bookkeeping", "Bookkeeping");

    public static string Warehouse { get; } = PathOf("Partners/Warehouse", "Warehouse");

    // This one is in examples/payments/bin/CONFIGURATION/FRAMEWORK.
    private static string PathOf(string project, string assembly)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var configuration = framework.Parent!;
        var example = configuration.Parent!.Parent!;
        return Path.GetFullPath(Path.Combine(example.FullName, project, "bin", configuration.Name, framework.Name, assembly + ".dll"));
    }
}
