using System.Runtime.InteropServices;
using Parley.Webhooks.Transformations;
using Parley.Webhooks.Transformations.Workers;

namespace Parley.Webhooks;

/// <summary>Lets an application be the worker in which the JavaScript transformations of its webhooks run.</summary>
/// <remarks>
/// Scripts of users do not run inside the application: some can exhaust its memory or its stack, which ends a process. The application
/// starts itself again, with <see cref="Argument"/> and without its environment, when there is a script to run.
/// </remarks>
public static class WebhookTransformationWorker
{
    /// <summary>The first argument of a process that is to be a worker.</summary>
    public const string Argument = "webhook-transformation-worker";

    /// <summary>Call this first in <c>Main</c>, before anything else happens or is written to the console, and return when it is true.</summary>
    /// <param name="args">The arguments of the process.</param>
    /// <returns>True when the process was a worker, and its work is done; false at once in the application itself.</returns>
    /// <exception cref="InvalidDataException">Something else than Parley started it with this argument.</exception>
    public static bool RunIfAsked(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args is not [Argument, ..]) return false;

        // Ctrl+C reaches all processes of a terminal; the application stops in its own time, and its workers with it.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        ResourceLimits.Lower();
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        TransformationWorker.Run(input, output);
        return true;
    }
}
