namespace Parley.Webhooks;

/// <summary>Something was asked of the webhooks that cannot be done.</summary>
public sealed class WebhookException : Exception
{
    internal WebhookException(WebhookProblem problem)
        : base(problem.Detail) => Problem = problem;

    /// <summary>One of the codes of the API, as <c>not_found</c> or <c>invalid</c>.</summary>
    public string Code => Problem.Code;

    /// <summary>What is wrong, and where; a payload that does not fit the schema of its event type has up to 20 entries.</summary>
    public IReadOnlyList<FieldError> Errors => Problem.Errors;

    internal WebhookProblem Problem { get; }
}
