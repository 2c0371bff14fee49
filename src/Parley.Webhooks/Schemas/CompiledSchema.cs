namespace Parley.Webhooks.Schemas;

/// <summary>What a schema was compiled to.</summary>
/// <param name="Root">Null when something is wrong with it.</param>
/// <param name="Problems">What.</param>
internal sealed record CompiledSchema(SchemaNode? Root, IReadOnlyList<FieldError> Problems);
