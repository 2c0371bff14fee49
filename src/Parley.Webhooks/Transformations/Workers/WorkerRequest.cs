namespace Parley.Webhooks.Transformations.Workers;

/// <summary>One script to run.</summary>
internal sealed record WorkerRequest(string Script, TransformationInput Input, ScriptLimits Limits);

/// <summary>What a run may take; see <see cref="TransformationOptions"/>.</summary>
internal sealed record ScriptLimits(TimeSpan Time, long Bytes, int Statements)
{
    /// <summary>The longest that one match of a regular expression may take.</summary>
    public static readonly TimeSpan RegexTime = TimeSpan.FromMilliseconds(100);
}
