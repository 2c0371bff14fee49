using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Api;

/// <summary>A payload that is known to be JSON, written into an answer as it is.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct JsonBytes(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Says a payload in one of two members: as JSON, or as base64 when it is something else.</summary>
    /// <returns>Two nulls when there is no payload.</returns>
    public static (JsonBytes? Json, string? Base64) Split(ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
            return (null, null);
        return JsonPayload.IsValid(payload.Span) ? (new JsonBytes(payload), null) : (null, Convert.ToBase64String(payload.Span));
    }

    internal sealed class Converter : JsonConverter<JsonBytes>
    {
        public override JsonBytes Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Requests are read with JsonSlice.");

        public override void Write(Utf8JsonWriter writer, JsonBytes value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Bytes.Span, skipInputValidation: true);
    }
}
