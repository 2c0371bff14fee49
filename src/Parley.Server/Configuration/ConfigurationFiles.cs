using Parley.AspNetCore.Configuration;

namespace Parley.Server.Configuration;

/// <summary>The JSON files that the configuration is read from.</summary>
internal static class ConfigurationFiles
{
    private static readonly string[] Optional = ["appsettings.json", "parley.json"];

    /// <summary>Adds the files that exist; comments and trailing commas in them are fine.</summary>
    /// <returns>Full paths of the files that were read.</returns>
    public static List<string> AddTo(IConfigurationBuilder builder, string? required, ICollection<OptionsProblem> problems)
    {
        List<string> read = [];
        foreach (var file in Optional.Select(Path.GetFullPath).Where(File.Exists))
            Add(file);

        if (required is not null)
            Add(Path.GetFullPath(required));

        return read;

        void Add(string path)
        {
            if (TryRead(path, problems) is not { } values)
                return;

            builder.AddInMemoryCollection(values);
            read.Add(path);
        }
    }

    private static List<KeyValuePair<string, string?>>? TryRead(string path, ICollection<OptionsProblem> problems)
    {
        try
        {
            using var content = File.OpenRead(path);
            return [.. new ConfigurationBuilder().AddJsonStream(content).Build().AsEnumerable()];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(new(path, null, "does not exist. --config names a JSON file; a relative path starts at the working folder."));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(path, null, $"cannot be read: {exception.Message}"));
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException or System.Text.Json.JsonException)
        {
            problems.Add(new(path, null, $"is not JSON that can be used: {Reason(exception)}"));
        }

        return null;
    }

    // The outer message says only that the file could not be parsed; the inner one says where.
    private static string Reason(Exception exception) => (exception.InnerException ?? exception).Message;
}
