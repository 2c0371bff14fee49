namespace Parley.Webhooks.Transformations.Workers;

/// <summary>What a worker says: once without a result when it is ready, then once for each request.</summary>
/// <param name="Result">Null in the first answer.</param>
/// <param name="IsLast">The worker ends after this, for its heap has been exhausted.</param>
internal sealed record WorkerAnswer(TransformationResult? Result, bool IsLast = false);
