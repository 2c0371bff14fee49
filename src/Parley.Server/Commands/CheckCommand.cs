using System.CommandLine;
using Parley.Server.Configuration;

namespace Parley.Server.Commands;

/// <summary><c>check</c>: finds what is wrong with a configuration without starting anything or writing a file.</summary>
internal static class CheckCommand
{
    public static Command Create(Func<ParseResult, ConfigurationRequest> request)
    {
        Command command = new("check", "Check the configuration and print it as the server understands it, secrets masked. Exits with 1 when it is bad.");
        command.SetAction(result =>
        {
            var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
            var settings = ServerSettings.Load(request(result));
            foreach (var file in settings.Sources.Files)
                error.WriteLine($"Read {file}");

            if (settings.Problems.Count > 0)
            {
                ProblemReport.Write(error, settings.Problems);
                return ExitCodes.Failure;
            }

            output.WriteLine(EffectiveConfiguration.Write(settings));
            error.WriteLine("The configuration is good.");
            return ExitCodes.Success;
        });
        return command;
    }
}
