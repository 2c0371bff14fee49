using System.Globalization;
using System.Text.RegularExpressions;
using Acornima;
using Jint;
using Jint.Runtime;

namespace Parley.Webhooks.Transformations.Scripts;

/// <summary>What the author of a script is told about an exception.</summary>
internal static class ScriptFailures
{
    /// <summary>What the engine calls the script of the user. Lines of our own scripts would only confuse.</summary>
    public const string ScriptName = "transformation";

    public static TransformationResult.Failed Describe(Exception exception) => exception switch
    {
        JavaScriptException thrown => Error(thrown.Message, thrown.Location.SourceFile == ScriptName ? thrown.Location.Start.Line : 0),
        ScriptPreparationException { InnerException: ParseErrorException error } => Error(error.Description, error.LineNumber),
        RegexMatchTimeoutException => Timeout("A regular expression of the script took too long."),
        TimeoutException => Timeout("The script took too long."),
        StatementsCountOverflowException => Timeout("The script took too many steps."),
        MemoryLimitExceededException => new(TransformationErrors.OutOfMemory, "The script used too much memory."),
        RecursionDepthOverflowException or InsufficientExecutionStackException => Error("The script calls itself too deeply.", line: 0),
        PromiseRejectedException => Error("A promise was rejected.", line: 0),
        _ => Error("The script cannot be run: " + exception.GetType().Name, line: 0),
    };

    private static TransformationResult.Failed Timeout(string message) => new(TransformationErrors.Timeout, message);

    private static TransformationResult.Failed Error(string? message, int line)
    {
        var where = line > 0 ? string.Create(CultureInfo.InvariantCulture, $" (line {line})") : "";
        var what = OneLine.Of(
            string.IsNullOrWhiteSpace(message) ? "The script threw an error without a message." : message,
            TransformationResult.Failed.MaxMessageLength - where.Length);
        return new TransformationResult.Failed(TransformationErrors.ScriptError, what + where);
    }
}
