namespace Parley.Webhooks.Schemas;

/// <summary>What a schema must be to be taken.</summary>
internal static class SchemaRules
{
    /// <param name="pointer">Where it lies in the request.</param>
    /// <param name="schema">The schema; null: none.</param>
    public static IEnumerable<FieldError> Check(string pointer, JsonSchema? schema) =>
        (schema?.Problems ?? []).Select(problem => problem with { Pointer = pointer + problem.Pointer });
}
