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

    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">JSON, which nobody changes until the task has ended.</param>
    public static Task SendAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        var headers = response.Headers;
        headers.ContentType = "application/json";
        headers.ContentLength = body.Length;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        if (status == StatusCodes.Status401Unauthorized)
            headers.WWWAuthenticate = "apikey";
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
