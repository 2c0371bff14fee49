using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Parley.Webhooks.Transformations.Workers;

/// <summary>JSON between this server and its workers: four bytes of length, least significant first, then as many of UTF-8.</summary>
internal static class Frames
{
    /// <summary>Most bytes of a frame; a longer one is refused by its length.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const int LengthBytes = sizeof(int);

    /// <summary>The bytes of a frame.</summary>
    /// <returns>Null when the value is too long for one.</returns>
    public static byte[]? Encode<T>(T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        if (json.Length > MaxBytes) return null;

        var frame = new byte[LengthBytes + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, json.Length);
        json.CopyTo(frame, LengthBytes);
        return frame;
    }

    /// <summary>The next frame.</summary>
    /// <returns>Null when the other side has closed.</returns>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    public static T? Read<T>(Stream stream, JsonTypeInfo<T> type)
        where T : class
    {
        var head = new byte[LengthBytes];
        if (stream.ReadAtLeast(head, LengthBytes, throwOnEndOfStream: false) < LengthBytes) return null;

        var json = new byte[ReadLength(head)];
        return stream.ReadAtLeast(json, json.Length, throwOnEndOfStream: false) < json.Length ? null : Decode(json, type);
    }

    /// <inheritdoc cref="Read"/>
    public static async Task<T?> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type)
        where T : class
    {
        var head = new byte[LengthBytes];
        if (await stream.ReadAtLeastAsync(head, LengthBytes, throwOnEndOfStream: false).ConfigureAwait(false) < LengthBytes)
            return null;

        var json = new byte[ReadLength(head)];
        var read = await stream.ReadAtLeastAsync(json, json.Length, throwOnEndOfStream: false).ConfigureAwait(false);
        return read < json.Length ? null : Decode(json, type);
    }

    private static int ReadLength(byte[] head)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        return length is > 0 and <= MaxBytes ? length : throw new InvalidDataException("A frame has a length that is not allowed.");
    }

    private static T Decode<T>(byte[] json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new InvalidDataException("A frame is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("A frame is not what it should be.", exception);
        }
    }
}
