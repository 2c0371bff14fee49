using Parley.Webhooks.Messages;
using Parley.Webhooks.Schemas;

namespace Parley.Webhooks.Outbound;

/// <summary>What a body must be to be sent to an endpoint with a schema.</summary>
internal static class BodyRules
{
    /// <returns>What is wrong, by pointers into the body; none: it may be sent.</returns>
    public static IReadOnlyList<FieldError> Check(JsonSchema schema, RequestDraft draft)
    {
        // What a schema cannot say anything about is not what its owner wants to get.
        if (!IsJson(draft.ContentType))
            return [new FieldError("", "must have a content type of JSON: a schema knows no other")];
        using var body = MessageRules.Read(draft.Body);
        return body is null ? [new FieldError("", "must be JSON without doubled keys, nested at most 64 deep")] : schema.Check(body.RootElement, "");
    }

    private static bool IsJson(string contentType)
    {
        var type = contentType.AsSpan();
        if (type.IndexOf(';') is >= 0 and var end)
            type = type[..end];
        type = type.Trim();
        return type.Equals(RequestDraft.Json, StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }
}
