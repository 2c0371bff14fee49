using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Parley.AspNetCore.Transports.LongPolling;
using Parley.AspNetCore.Transports.Streams;

namespace Parley.AspNetCore.Transports.Forwarding;

/// <summary>The fields of what transports say to each other from node to node.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(EmulationAsk))]
[JsonSerializable(typeof(LongPollAsk))]
[JsonSerializable(typeof(LongPollAnswerHead))]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class ForwardingJson : JsonSerializerContext
{
    public static string Write<T>(T head, JsonTypeInfo<T> type) => JsonSerializer.Serialize(head, type);

    /// <exception cref="InvalidDataException">The other node is of a version that says it in another way.</exception>
    public static T Read<T>(string? head, JsonTypeInfo<T> type)
    {
        try
        {
            if (head is not null && JsonSerializer.Deserialize(head, type) is { } read) return read;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("The head of a forwarded request is not of this version.", exception);
        }

        throw new InvalidDataException("A forwarded request has no head.");
    }
}
