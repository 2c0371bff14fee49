using System.Globalization;

namespace Parley.LoadTest.Measurement;

/// <summary>What the kernel says that a server used: its process, and those that it started.</summary>
internal sealed class ServerProcess(int id)
{
    /// <summary>Processor time of all threads, ended ones too, to 10 ms for each process.</summary>
    public CpuTime ReadCpu()
    {
        var sum = default(CpuTime);
        foreach (var process in ProcessTree.Find(id))
        {
            var fields = ProcessTree.FieldsOf(Read(process, "stat"));
            sum += new CpuTime(Machine.FromTicks(fields[11]), Machine.FromTicks(fields[12]));
        }

        return sum;
    }

    /// <summary>Resident memory in KiB. Of several processes, what they share counts once.</summary>
    public long ReadResidentKiB()
    {
        var processes = ProcessTree.Find(id);
        return processes.Count == 1
            ? ReadKiB(id, "status", "VmRSS:")
            : processes.Sum(process => ReadKiB(process, "smaps_rollup", "Pss:"));
    }

    /// <summary>Files and sockets that it has open.</summary>
    public long ReadHandles() => Directory.GetFileSystemEntries($"/proc/{id}/fd").Length;

    public long ReadThreads() => ReadKiB(id, "status", "Threads:");

    private static long ReadKiB(int process, string file, string name)
    {
        var line = Read(process, file).Split('\n').First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (IOException)
        {
            throw new LoadTestException($"the server process {process} is gone");
        }
    }
}

/// <summary>Processor time in the process's own code and in the kernel on its behalf.</summary>
internal readonly record struct CpuTime(TimeSpan User, TimeSpan System)
{
    public TimeSpan Total => User + System;

    public static CpuTime operator +(CpuTime left, CpuTime right) => new(left.User + right.User, left.System + right.System);

    public static CpuTime operator -(CpuTime left, CpuTime right) => new(left.User - right.User, left.System - right.System);
}
