namespace Parley.Webhooks.Api;

/// <summary>Problem details.</summary>
internal sealed record ProblemView(int Status, string Code, string Detail, IReadOnlyList<FieldError>? Errors)
{
    public string Type => "about:blank";
}

/// <summary>A page of a list.</summary>
/// <param name="Data">What is on it.</param>
/// <param name="Next">Given as <c>cursor</c> brings the next page; missing on the last one.</param>
internal sealed record ListView<T>(IReadOnlyList<T> Data, string? Next);
