using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Parley.AspNetCore.Api;

/// <summary>Writes the API's answers.</summary>
internal static class ApiResponse
{
    // The answer is marked as JSON and not to be guessed at, so nothing in it can act as HTML.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(HttpContext context, int status, ApiReply reply)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            reply.WriteAnswer(writer);
        return SendAsync(context, status, buffer.WrittenMemory);
    }

    /// <summary>Writes one object per reply, each on a line of its own.</summary>
    public static Task WriteAsync(HttpContext context, int status, IReadOnlyList<(uint? Id, ApiReply Reply)> replies)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        foreach (var (id, reply) in replies)
        {
            if (buffer.WrittenCount > 0)
            {
                buffer.Write("\n"u8);
                writer.Reset();
            }

            writer.WriteStartObject();
            if (id is { } number)
                writer.WriteNumber("id", number);
            reply.WriteMember(writer, "result");
            writer.WriteEndObject();
            writer.Flush();
        }

        return SendAsync(context, status, buffer.WrittenMemory);
    }

    private static Task SendAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "apikey";
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
