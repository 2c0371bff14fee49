using System.Globalization;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>
/// How long the stress tests go on, and with what. <c>PARLEY_STRESS_SEED</c> repeats the choices of a run that failed (not how its threads took
/// turns), and <c>PARLEY_STRESS_ROUNDS</c> makes a longer one: <c>PARLEY_STRESS_ROUNDS=1000 ./test aspnetcore -- --filter-class '*StressTests'</c>.
/// </summary>
internal static class StressSettings
{
    private const string SeedVariable = "PARLEY_STRESS_SEED";
    private const string RoundsVariable = "PARLEY_STRESS_ROUNDS";

    /// <summary>Another one each time, unless it is chosen.</summary>
    public static int Seed => Setting(SeedVariable) ?? Random.Shared.Next();

    public static int Rounds(int usual) => Setting(RoundsVariable) ?? usual;

    /// <summary>Says how to repeat a run that fails.</summary>
    public static async Task RunAsync(Func<int, Task> run)
    {
        var seed = Seed;
        try
        {
            await run(seed);
        }
        catch (Exception exception)
        {
            throw new StressException($"{SeedVariable}={seed.ToString(CultureInfo.InvariantCulture)} repeats it", exception);
        }
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
