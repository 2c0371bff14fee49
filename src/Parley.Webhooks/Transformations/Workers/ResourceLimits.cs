using System.Runtime.InteropServices;

namespace Parley.Webhooks.Transformations.Workers;

/// <summary>What a worker gives up for itself.</summary>
internal static class ResourceLimits
{
    // The numbers of Linux.
    private const int CoreBytes = 4;
    private const int OpenFiles = 7;

    /// <summary>No core dumps, which would hold webhooks, and few files. Does nothing where the system is not Linux.</summary>
    public static void Lower()
    {
        if (!OperatingSystem.IsLinux()) return;

        Set(CoreBytes, 0);
        Set(OpenFiles, 256); // 71 are open in a worker at rest: the runtime keeps each assembly's (measured); below that it aborts
    }

    private static void Set(int resource, nuint value)
    {
        var limit = new Limit { Current = value, Maximum = value };
        // A bonus: where it is refused, the other limits still hold.
        _ = SetResourceLimit(resource, in limit);
    }

    [DllImport("libc", EntryPoint = "setrlimit")]
    private static extern int SetResourceLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public nuint Current;
        public nuint Maximum;
    }
}
