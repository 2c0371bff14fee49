using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Payments;

/// <summary>What the command line says.</summary>
/// <param name="Payments">How many are made, unless Enter ends it earlier.</param>
/// <param name="Rate">How many in a second.</param>
/// <param name="Data">Where databases and logs go.</param>
internal sealed record RunOptions(int Payments, int Rate, DirectoryInfo Data)
{
    /// <exception cref="ArgumentException">Something cannot be used; the message says what.</exception>
    public static RunOptions Read(string[] args)
    {
        var values = new ConfigurationBuilder().AddCommandLine(args).Build();
        var data = values["data"] is { } path ? Directory.CreateDirectory(path) : Directory.CreateTempSubdirectory("parley-payments-");
        if (data.EnumerateFileSystemInfos().Any())
            throw new ArgumentException($"--data: {data.FullName} is not empty; each run has a folder of its own.");
        return new RunOptions(Number(values, "payments", 600, 1_000_000), Number(values, "rate", 20, 100), data);
    }

    private static int Number(IConfiguration values, string name, int otherwise, int max)
    {
        if (values[name] is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number
            : throw new ArgumentException($"--{name}: '{text}' is not a number from 1 to {max}.");
    }
}
