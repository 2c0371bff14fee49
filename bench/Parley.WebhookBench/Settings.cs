using System.Globalization;

namespace Parley.WebhookBench;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(string Server, string Report)
{
    public const string Usage = """
        Parley.WebhookBench SERVER.dll REPORT.md [--rounds 3] [--stored 1000000] [--scenarios accept deliver hanging stored]
        """;

    /// <summary>Runs of each scenario but <c>stored</c>; the report has their median.</summary>
    public int Rounds { get; private set; } = 3;

    /// <summary>Messages that are there in the scenario <c>stored</c>.</summary>
    public int Stored { get; private set; } = 1_000_000;

    public IReadOnlyList<string> Scenarios { get; private set; } = ["accept", "deliver", "hanging", "stored"];

    /// <returns>Null when the arguments are not understood.</returns>
    public static Settings? From(string[] args)
    {
        if (args.Length < 2)
            return null;
        var settings = new Settings(args[0], args[1]);
        for (var index = 2; index < args.Length; index++)
        {
            switch (args[index])
            {
                case "--rounds" when Number(args, ref index) is { } rounds:
                    settings.Rounds = rounds;
                    break;
                case "--stored" when Number(args, ref index) is { } stored:
                    settings.Stored = stored;
                    break;
                case "--scenarios":
                    var named = args[(index + 1)..].TakeWhile(static name => !name.StartsWith('-')).ToArray();
                    if (named.Length == 0 || named.Except(settings.Scenarios).Any())
                        return null;
                    index += named.Length;
                    settings.Scenarios = named;
                    break;
                default:
                    return null;
            }
        }

        return settings;
    }

    private static int? Number(string[] args, ref int index) =>
        ++index < args.Length && int.TryParse(args[index], CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
