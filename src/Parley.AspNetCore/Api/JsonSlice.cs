using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.AspNetCore.Api;

/// <summary>Where in a request's body a JSON value stands. The value itself stays as it is, byte for byte.</summary>
/// <remarks>Holds for bodies that are deserialized from one buffer: positions count from its first byte.</remarks>
/// <param name="Start">Position of the first byte.</param>
/// <param name="Length">In bytes; 0: the value is absent.</param>
[JsonConverter(typeof(Converter))]
internal readonly record struct JsonSlice(int Start, int Length)
{
    public bool IsAbsent => Length == 0;

    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> body) => body.Slice(Start, Length);

    internal sealed class Converter : JsonConverter<JsonSlice>
    {
        // "null" is a value like any other.
        public override bool HandleNull => true;

        public override JsonSlice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var start = reader.TokenStartIndex;
            reader.Skip();
            return new JsonSlice((int)start, (int)(reader.BytesConsumed - start));
        }

        public override void Write(Utf8JsonWriter writer, JsonSlice value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A place in a request says nothing in an answer.");
    }
}
