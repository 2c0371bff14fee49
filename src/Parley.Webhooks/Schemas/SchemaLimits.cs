namespace Parley.Webhooks.Schemas;

/// <summary>What a schema may cost. It may be a stranger's, and is checked in this process.</summary>
internal static class SchemaLimits
{
    /// <summary>Bytes of its text.</summary>
    public const int MaxBytes = 64 * 1024;

    public const int MaxSubschemas = 2_000;

    /// <summary>Regular expressions of a schema: each keeps states of its own.</summary>
    public const int MaxPatterns = 32;

    /// <summary>Characters of one.</summary>
    public const int MaxPatternLength = 512;

    /// <summary>Errors that are told, of a schema or of what does not fit it.</summary>
    public const int MaxErrors = 20;

    /// <summary>Characters of a pointer that are told.</summary>
    public const int MaxPointer = 512;

    /// <summary>Subschemas inside one another while a value is checked, by nesting and by references.</summary>
    public const int MaxDepth = 512;

    /// <summary>Steps of a check, and further ones for each byte of the value: enough for any schema that looks at each part of it a few times.</summary>
    public const int MinSteps = 100_000;

    public const int StepsPerByte = 8;
}
