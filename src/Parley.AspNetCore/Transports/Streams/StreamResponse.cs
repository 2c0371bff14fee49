using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>The head of a response whose body goes on as long as the connection.</summary>
internal static class StreamResponse
{
    /// <summary>Sends the headers, which keep what lies in between from collecting, changing or keeping the body.</summary>
    public static async ValueTask BeginAsync(HttpContext context, StreamKind kind, bool isBinary)
    {
        var response = context.Response;
        var headers = response.Headers;
        response.ContentType = kind.IsEvents ? "text/event-stream; charset=utf-8" : isBinary ? MediaTypes.Protobuf : "application/x-ndjson; charset=utf-8";
        headers.CacheControl = "private, no-cache, no-store, must-revalidate, max-age=0, no-transform";
        headers.Pragma = "no-cache";
        headers.Expires = "0";
        headers["X-Accel-Buffering"] = "no"; // nginx passes on at once what it would collect otherwise
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // A blank line before the first event, so that the client sees the stream begin.
        if (kind.IsEvents) await response.BodyWriter.WriteAsync("\r\n"u8.ToArray());
        else await response.BodyWriter.FlushAsync();
    }
}
