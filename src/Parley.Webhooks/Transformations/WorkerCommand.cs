using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Parley.Webhooks.Transformations;

/// <summary>A program and its arguments, as given to the system: no shell reads them.</summary>
internal sealed record WorkerCommand(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>The program that runs now, asked to be a worker.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Used only where dotnet runs the assembly, which is a file then.")]
    public static WorkerCommand ThisProgram() =>
        For(Environment.ProcessPath ?? "dotnet", Assembly.GetEntryAssembly()?.Location ?? "");

    /// <summary>The worker of a program that was started in this way.</summary>
    /// <param name="process">The executable: the program itself, or <c>dotnet</c> that runs its assembly.</param>
    /// <param name="assembly">Its entry assembly.</param>
    public static WorkerCommand For(string process, string assembly) =>
        Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? new WorkerCommand(process, "exec", assembly, WebhookTransformationWorker.Argument)
            : new WorkerCommand(process, WebhookTransformationWorker.Argument);
}
