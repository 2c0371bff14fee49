namespace Parley.Webhooks.Transformations;

/// <summary>Runs the scripts by which users change their webhooks before these are sent.</summary>
/// <remarks>Thread-safe. A script sees nothing but its webhook, and nothing of one run is there in the next.</remarks>
internal interface ITransformer : IAsyncDisposable
{
    /// <summary>Lets a script change a webhook.</summary>
    /// <param name="script">Defines <c>transform(webhook)</c>; at most <see cref="TransformationRules.MaxScriptLength"/> characters.</param>
    /// <param name="input">What would be sent without the script.</param>
    /// <param name="cancellationToken">Ends the wait for the result; a script that runs already runs to its end.</param>
    /// <returns>What to send, or why nothing is to be sent. A faulty or hostile script is a result, not an exception.</returns>
    ValueTask<TransformationResult> TransformAsync(string script, TransformationInput input, CancellationToken cancellationToken);
}
