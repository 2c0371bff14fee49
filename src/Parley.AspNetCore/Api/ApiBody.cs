using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Parley.AspNetCore.Api;

/// <summary>Reads a request's body whole, up to a limit.</summary>
internal static class ApiBody
{
    /// <summary>Largest body that is taken: 16 MiB.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <returns>The body; null when it is larger than the limit.</returns>
    /// <exception cref="BadHttpRequestException">The server gave up reading: broken framing, too slow, or over a limit of its own.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
            return null;
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > MaxBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                // An array of its own: the engine may keep parts of it.
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
