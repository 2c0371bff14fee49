namespace Parley.LoadTest.Client;

/// <summary>Finds where an HTTP/1.1 response ends.</summary>
internal static class HttpResponse
{
    /// <summary>False when the response is not complete.</summary>
    public static bool TryMeasure(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (!HttpHead.TryRead(bytes, out var head))
            return false;

        length = head.Length;
        if (head.IsChunked)
        {
            var body = default(ChunkedBody);
            while (body.TryRead(bytes, ref length, out _))
            {
                // Only its length is of interest.
            }

            return body.IsEnded;
        }

        if (head.Status != 204)
            length += head.ContentLength ?? throw new LoadTestException("a response of unknown length");

        return bytes.Length >= length;
    }
}
