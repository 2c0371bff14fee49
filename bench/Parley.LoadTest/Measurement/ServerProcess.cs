using System.Globalization;

namespace Parley.LoadTest.Measurement;

/// <summary>What the kernel says that a process used.</summary>
internal sealed class ServerProcess(int id)
{
    /// <summary>Processor time of all threads, ended ones too, to 10 ms.</summary>
    public CpuTime ReadCpu()
    {
        var stat = Read("stat");
        // The second field is the program's name in parentheses, which may hold anything.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new CpuTime(Machine.FromTicks(fields[11]), Machine.FromTicks(fields[12]));
    }

    /// <summary>Resident memory in KiB.</summary>
    public long ReadResidentKiB()
    {
        const string Name = "VmRSS:";
        var line = Read("status").Split('\n').First(l => l.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private string Read(string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (IOException)
        {
            throw new LoadTestException($"the server process {id} is gone");
        }
    }
}

/// <summary>Processor time in the process's own code and in the kernel on its behalf.</summary>
internal readonly record struct CpuTime(TimeSpan User, TimeSpan System)
{
    public TimeSpan Total => User + System;

    public static CpuTime operator -(CpuTime left, CpuTime right) => new(left.User - right.User, left.System - right.System);
}
