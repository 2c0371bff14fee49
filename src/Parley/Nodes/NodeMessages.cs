using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Parley.Nodes;

/// <summary>Requests and answers between nodes as bytes: the length of a head of JSON, 4 bytes, low ones first; the head; the body as it is.</summary>
/// <remarks>
/// JSON, so that nodes of two versions understand each other while one replaces the other: what the older one does not know it passes over.
/// The body is apart because it is what is large, and what is sent often.
/// </remarks>
internal static class NodeMessages
{
    /// <summary>
    /// Most bytes of one, which a bus must be able to carry: the largest message that a client may be allowed to send, or the largest publication
    /// behind a full batch, with room for the head.
    /// </summary>
    public const int MaxBytes = 128 * 1024 * 1024;

    private const int LengthBytes = sizeof(int);

    public static byte[] Write(NodeRequest request) =>
        Write(request, NodeMessagesJson.Default.NodeRequest, request is NodeRequest.Transport transport ? transport.Body : default);

    public static byte[] Write(NodeAnswer answer) => Write(answer, NodeMessagesJson.Default.NodeAnswer, answer.Body);

    /// <exception cref="InvalidDataException">It is no request that this version knows.</exception>
    public static NodeRequest ReadRequest(ReadOnlyMemory<byte> bytes)
    {
        var request = Read(bytes, NodeMessagesJson.Default.NodeRequest, out var body);
        return request is NodeRequest.Transport transport ? transport with { Body = body } : request;
    }

    /// <exception cref="InvalidDataException">It is no answer.</exception>
    public static NodeAnswer ReadAnswer(ReadOnlyMemory<byte> bytes)
    {
        var answer = Read(bytes, NodeMessagesJson.Default.NodeAnswer, out var body);
        return answer with { Body = body };
    }

    private static byte[] Write<T>(T head, JsonTypeInfo<T> type, ReadOnlyMemory<byte> body)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(head, type);
        var bytes = new byte[LengthBytes + json.Length + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, LengthBytes);
        body.Span.CopyTo(bytes.AsSpan(LengthBytes + json.Length));
        return bytes;
    }

    private static T Read<T>(ReadOnlyMemory<byte> bytes, JsonTypeInfo<T> type, out ReadOnlyMemory<byte> body)
    {
        try
        {
            var length = bytes.Length < LengthBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
            var rest = bytes[Math.Min(LengthBytes, bytes.Length)..];
            if (length >= 0 && length <= rest.Length && JsonSerializer.Deserialize(rest.Span[..length], type) is { } head)
            {
                body = rest[length..];
                return head;
            }
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InvalidDataException("A message between nodes is not of this version.", exception);
        }

        throw new InvalidDataException("A message between nodes is cut off.");
    }
}

// What a later version adds goes into properties that may be missing, not into constructors.
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NodeRequest))]
[JsonSerializable(typeof(NodeAnswer))]
internal sealed partial class NodeMessagesJson : JsonSerializerContext;
