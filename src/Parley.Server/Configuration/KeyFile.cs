using System.Runtime.InteropServices;
using System.Text.Json;

namespace Parley.Server.Configuration;

/// <summary>The file <c>keys.json</c> in the data directory, which only its owner may read.</summary>
internal sealed class KeyFile(string dataDirectory)
{
    private const int ShortestKey = 32;
    private const int FileExists = 17; // EEXIST, on Linux and macOS
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The file's full path.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(dataDirectory), "keys.json");

    public bool Exists => File.Exists(Path);

    /// <summary>Reads the keys, or makes them when there is no file. Several processes may do so at once: all get the same keys.</summary>
    /// <exception cref="KeyFileException">The file is damaged, or the directory cannot be used.</exception>
    public GeneratedKeys ReadOrCreate()
    {
        try
        {
            if (!Exists)
                TryCreate();

            return Read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"cannot be used ({exception.Message}). "
                + "Name a folder that this user may write to as Parley:DataDirectory, or configure Parley:Tokens and Parley:Api:Keys.", exception);
        }
    }

    /// <summary>Whether others than the owner may read the file; false where the system has no such modes.</summary>
    public bool IsReadableByOthers()
        => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0;

    private GeneratedKeys Read()
    {
        GeneratedKeys? keys = null;
        try
        {
            keys = JsonSerializer.Deserialize(File.ReadAllBytes(Path), KeyJson.Default.GeneratedKeys);
        }
        catch (JsonException)
        {
            // The exception's text may quote the file, which holds secrets.
        }

        if (keys is not { TokenSecret.Length: >= ShortestKey, ApiKey.Length: >= ShortestKey })
        {
            throw new KeyFileException("is damaged. Restore it from a backup; or delete it to get new keys, "
                + "after which tokens signed with the old secret and the old API key no longer work.");
        }

        return keys;
    }

    private void TryCreate()
    {
        var directory = System.IO.Path.GetDirectoryName(Path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);

        // Readers must never see half a file, and of several first starts one must win: each writes its own file to the end, and
        // giving it the name that none has decides.
        var own = $"{Path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;

            using (var file = new FileStream(own, options))
            {
                JsonSerializer.Serialize(file, GeneratedKeys.Create(), KeyJson.Default.GeneratedKeys);
                file.Flush(flushToDisk: true);
            }

            Publish(own);
        }
        catch (IOException) when (Exists)
        {
            // Another process was first.
        }
        finally
        {
            File.Delete(own);
        }
    }

    private void Publish(string own)
    {
        // On Unix File.Move looks first and renames then, so that a file which came in between is lost; a link is one step.
        if (!OperatingSystem.IsWindows())
        {
            if (Link(own, Path) == 0)
                return;
            if (Marshal.GetLastPInvokeError() == FileExists)
                return;
        }

        // Windows, and file systems without links.
        File.Move(own, Path, overwrite: false);
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
