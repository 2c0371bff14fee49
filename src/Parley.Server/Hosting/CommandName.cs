using Parley.Server.Configuration;

namespace Parley.Server.Hosting;

/// <summary>How the running program is started again from the same folder, for hints that can be pasted.</summary>
internal static class CommandName
{
    /// <summary>The command with the options that choose the same configuration.</summary>
    public static string Of(ServerSettings settings)
        => settings.Request.File is { } file ? $"{Program()} --config {Quote(file)}" : Program();

    private static string Program()
    {
        var process = Environment.ProcessPath ?? "Parley.Server";
        return Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? $"dotnet {Quote(Relative(Path.Combine(AppContext.BaseDirectory, typeof(CommandName).Assembly.GetName().Name + ".dll")))}"
            : Quote(Relative(process));
    }

    private static string Relative(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        if (relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative))
            return path;

        // A program in the working folder itself is not found by its bare name.
        return relative.Contains(Path.DirectorySeparatorChar) ? relative : Path.Combine(".", relative);
    }

    private static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
