namespace Parley.Webhooks;

/// <summary>Something was asked of the webhooks that cannot be done.</summary>
public sealed class WebhookException : Exception
{
    internal WebhookException(WebhookProblem problem)
        : base(problem.Detail) => Problem = problem;

    /// <summary>One of the codes of the API, as <c>not_found</c> or <c>invalid</c>.</summary>
    public string Code => Problem.Code;

    internal WebhookProblem Problem { get; }
}
