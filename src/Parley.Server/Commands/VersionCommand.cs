using System.CommandLine;
using System.Runtime.InteropServices;
using Parley.Server.Hosting;

namespace Parley.Server.Commands;

/// <summary><c>version</c>: what is installed.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        Command command = new("version", "Print the version of this server and of .NET.");
        command.SetAction(static result =>
        {
            var commit = ProductVersion.Commit is { } hash ? $" ({hash})" : "";
            result.InvocationConfiguration.Output.WriteLine(
                $"Parley {ProductVersion.Text}{commit}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
            return ExitCodes.Success;
        });
        return command;
    }
}
