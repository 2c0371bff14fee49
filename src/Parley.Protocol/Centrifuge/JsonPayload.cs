using Parley.Protocol.Centrifuge.Json;

namespace Parley.Protocol.Centrifuge;

/// <summary>What a payload has to be so that it can stand in a JSON message.</summary>
public static class JsonPayload
{
    /// <summary>Levels of objects and arrays that a payload may have.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// Whether the bytes are one complete JSON value (RFC 8259) of at most <see cref="MaxDepth"/> levels, in UTF-8, with no lone
    /// surrogate among its escapes. White space around it is allowed.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> payload)
    {
        var scanner = new JsonScanner(payload);
        if (!scanner.TrySkipValue(MaxDepth)) return false;
        scanner.SkipWhitespace();
        return scanner.Position == payload.Length;
    }
}
