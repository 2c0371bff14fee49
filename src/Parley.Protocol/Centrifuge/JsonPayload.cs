using Parley.Protocol.Centrifuge.Json;

namespace Parley.Protocol.Centrifuge;

/// <summary>What a payload has to be so that it can stand in a JSON message.</summary>
public static class JsonPayload
{
    /// <summary>Levels of objects and arrays that a payload may have.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// Whether the bytes are one complete JSON value (RFC 8259) of at most <see cref="MaxDepth"/> levels, in UTF-8. White
    /// space around it is allowed, and so are escapes of lone surrogates: they are within the grammar, and browsers write them.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> payload)
    {
        var scanner = new JsonScanner(payload);
        if (!scanner.TrySkipValue(MaxDepth)) return false;
        scanner.SkipWhitespace();
        return scanner.Position == payload.Length;
    }
}
