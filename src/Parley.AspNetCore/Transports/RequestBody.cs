using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Parley.AspNetCore.Transports;

/// <summary>Reads bodies of bounded size.</summary>
internal static class RequestBody
{
    /// <summary>Reads all of a body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">Most bytes it may have.</param>
    /// <returns>The bytes; null when there are more, or the client broke off or is too slow for the host.</returns>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes) return null;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = maxBytes;

        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        var buffer = new byte[Math.Min(maxBytes + 1, 4096)];
        try
        {
            while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is var count && count > 0)
            {
                if (body.Length + count > maxBytes) return null;
                body.Write(buffer, 0, count);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // BadHttpRequestException is one of them.
            return null;
        }

        return body.ToArray();
    }
}
