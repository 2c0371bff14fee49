using System.Text.Json;
using System.Text.Unicode;

namespace Parley.AspNetCore.Api;

/// <summary>A request to publish as most of them are: a channel and a payload in JSON, nothing else.</summary>
internal static class PlainPublication
{
    /// <param name="body">The request.</param>
    /// <param name="channel">Not empty.</param>
    /// <param name="data">Where the payload stands.</param>
    /// <returns>False when it is of another form, or of none; <see cref="ApiCall"/> knows all, and says what is wrong.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out string channel, out JsonSlice data)
    {
        (channel, data) = ("", default);
        string? name = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!Utf8.IsValid(body) || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!TryReadMember(ref reader, ref name, ref data))
                    return false;
            }

            // Behind the object there is nothing, or the reader throws.
            channel = name ?? "";
            return channel.Length > 0 && !data.IsAbsent && !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is half of a surrogate pair.
            return false;
        }
    }

    private static bool TryReadMember(ref Utf8JsonReader reader, ref string? channel, ref JsonSlice data)
    {
        var isChannel = reader.ValueTextEquals("channel"u8);
        var isData = !isChannel && reader.ValueTextEquals("data"u8);
        reader.Read();
        if (isChannel && channel is null && reader.TokenType == JsonTokenType.String)
        {
            channel = reader.GetString();
            return true;
        }

        if (!isData || !data.IsAbsent)
            return false;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        data = new JsonSlice(start, (int)reader.BytesConsumed - start);
        return true;
    }
}
