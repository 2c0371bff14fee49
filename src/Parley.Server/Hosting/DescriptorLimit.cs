using System.Runtime.InteropServices;

namespace Parley.Server.Hosting;

/// <summary>How many files and sockets the process may hold open; each connection needs one.</summary>
internal static class DescriptorLimit
{
    /// <summary>Below this a warning is due.</summary>
    public const long Comfortable = 65_536;

    // An idle server holds about 170 (runtime, assemblies, listeners; measured on Linux), and 64 are kept for what it opens later.
    private const long OwnUse = 250;

    /// <summary>The soft limit, which the runtime has raised to the hard one by now; null where the system has none.</summary>
    public static long? Read()
    {
        // RLIMIT_NOFILE is the only one of these names whose number differs between the two.
        int? resource = OperatingSystem.IsLinux() ? 7 : OperatingSystem.IsMacOS() ? 8 : null;
        if (resource is null || GetResourceLimit(resource.Value, out var limit) != 0)
            return null;

        return limit.Current > long.MaxValue ? long.MaxValue : (long)limit.Current;
    }

    /// <summary>About how many connections a limit leaves room for.</summary>
    public static long Connections(long limit) => Math.Max(0, limit - OwnUse);

    [DllImport("libc", EntryPoint = "getrlimit")]
    private static extern int GetResourceLimit(int resource, out ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Current;
        public nuint Maximum;
    }
}
