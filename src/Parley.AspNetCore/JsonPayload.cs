using System.Text.Json;
using System.Text.Unicode;

namespace Parley.AspNetCore;

/// <summary>Tells payloads that can be embedded in JSON from other bytes, which travel as base64.</summary>
internal static class JsonPayload
{
    // What was accepted inside a request of the usual depth must pass here; deeper nesting has no reader.
    private const int MaxDepth = 128;

    /// <summary>Whether the bytes are one JSON value in valid UTF-8, with nothing after it.</summary>
    public static bool IsJson(ReadOnlySpan<byte> payload)
    {
        // The JSON reader does not look into strings, and one bad byte would spoil the whole answer.
        if (payload.IsEmpty || !Utf8.IsValid(payload))
            return false;
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return true;
    }
}
