using System.Text;
using System.Text.Json;

namespace Parley.Webhooks.Transformations.Scripts;

/// <summary>Makes a result of what a script returned.</summary>
internal static class ScriptAnswer
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    /// <param name="answer">JSON: null, the object, or as a string what it is instead.</param>
    /// <param name="input">Has what the script left out.</param>
    /// <param name="unchanged">The text of the payload if the script did nothing to it.</param>
    public static TransformationResult Read(string answer, TransformationInput input, string unchanged)
    {
        if (answer.Length > TransformationRules.MaxResultBytes)
            return TransformationRules.Invalid("The result is larger than 1 MiB.");

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(answer, Options);
        }
        catch (JsonException)
        {
            return TransformationRules.Invalid("The payload is nested too deeply.");
        }

        using (document)
        {
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Null => new TransformationResult.Cancelled(),
                JsonValueKind.Object => Read(document.RootElement, input, unchanged),
                _ => TransformationRules.Invalid(Explain(document.RootElement.ToString())),
            };
        }
    }

    private static TransformationResult Read(JsonElement answer, TransformationInput input, string unchanged)
    {
        var result = new TransformationResult.Changed(input.Url, input.Method, input.Headers, input.Payload, IsRawBody: false);
        foreach (var field in answer.EnumerateObject())
        {
            var (value, kind) = (field.Value, field.Value.ValueKind);
            TransformationResult.Changed? next = (field.Name, kind) switch
            {
                ("url", JsonValueKind.String) => result with { Url = value.GetString()! },
                ("method", JsonValueKind.String) => result with { Method = value.GetString()! },
                ("headers", JsonValueKind.Object) when ReadHeaders(value) is { } headers => result with { Headers = headers },
                // Numbers that JavaScript cannot hold exactly come through a script that does not touch the payload.
                ("payload", _) when value.GetRawText() == unchanged => result,
                ("payload", _) => result with { Body = Encoding.UTF8.GetBytes(value.GetRawText()) },
                ("body", JsonValueKind.String) => result with { Body = Encoding.UTF8.GetBytes(value.GetString()!), IsRawBody = true },
                _ => null,
            };
            if (next is null) return TransformationRules.Invalid(Explain(field.Name));
            result = next;
        }

        return (TransformationResult?)TransformationRules.Check(result) ?? result;
    }

    private static Dictionary<string, string>? ReadHeaders(JsonElement headers)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in headers.EnumerateObject())
        {
            if (header.Value.ValueKind != JsonValueKind.String) return null;
            read[header.Name] = header.Value.GetString()!;
        }

        return read;
    }

    private static string Explain(string what) => what switch
    {
        "url" or "method" or "body" => $"The {what} must be a string.",
        "headers" => "The headers must be an object of strings.",
        "payload" => "The payload must be a value of JSON.",
        "promise" => "The function transform must not be async: nothing waits for its promise.",
        "undefined" => "The function transform returned nothing: return the webhook, or null to cancel it.",
        _ => "The function transform must return an object, or null to cancel the webhook.",
    };
}
