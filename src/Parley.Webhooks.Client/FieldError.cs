namespace Parley.Webhooks;

/// <summary>What is wrong with a field.</summary>
/// <param name="Pointer">Where in the request, as a JSON pointer (RFC 6901): <c>/payload/amount</c>.</param>
/// <param name="Detail">What it must be.</param>
public sealed record FieldError(string Pointer, string Detail)
{
    /// <summary>The keyword of the JSON Schema that is not met, as <c>required</c>. Null: no schema says so.</summary>
    public string? Keyword { get; init; }
}
