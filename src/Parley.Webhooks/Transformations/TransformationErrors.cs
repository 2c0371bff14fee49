namespace Parley.Webhooks.Transformations;

/// <summary>Why a webhook came out of its script without a result; users see these codes.</summary>
internal static class TransformationErrors
{
    /// <summary>The script is no JavaScript, threw, or ended its worker.</summary>
    public const string ScriptError = "script_error";

    /// <summary>The script defines no function <c>transform</c>.</summary>
    public const string NoTransformFunction = "no_transform_function";

    /// <summary>The script took too long, or too many steps.</summary>
    public const string Timeout = "timeout";

    /// <summary>The script used too much memory, or the webhook is too large for it.</summary>
    public const string OutOfMemory = "out_of_memory";

    /// <summary>What the script returned cannot be sent.</summary>
    public const string InvalidResult = "invalid_result";

    /// <summary>The fault is ours: too many wait already, the worker did not start, or this server is stopping. Worth another try.</summary>
    public const string WorkerUnavailable = "worker_unavailable";
}
