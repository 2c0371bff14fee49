namespace Parley.Protocol.Centrifuge;

/// <summary>What a payload has to be so that it can stand in a JSON message.</summary>
public static class JsonPayload
{
    /// <summary>Levels of objects and arrays that a payload may have.</summary>
    public const int MaxDepth = 64;

    /// <summary>Whether the bytes are one complete JSON value in valid UTF-8, at most <see cref="MaxDepth"/> levels deep.</summary>
    public static bool IsValid(ReadOnlySpan<byte> payload) => throw new NotImplementedException();
}
