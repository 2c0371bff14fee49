using Parley.AspNetCore.Configuration;

namespace Parley.Server.Commands;

/// <summary>Tells a user what is wrong with the configuration, all at once.</summary>
internal static class ProblemReport
{
    public static void Write(TextWriter error, IReadOnlyCollection<OptionsProblem> problems)
    {
        error.WriteLine(problems.Count == 1
            ? "The configuration has a problem:"
            : $"The configuration has {problems.Count} problems:");
        foreach (var problem in problems)
        {
            error.WriteLine();
            error.WriteLine(problem.Value is null ? $"  {problem.Key}" : $"  {problem.Key} = \"{problem.Value}\"");
            error.WriteLine($"    {problem.Remedy}");
        }
    }
}
