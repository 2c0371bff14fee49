using System.Buffers.Text;
using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>Finds where an HTTP/1.1 response ends.</summary>
internal static class HttpResponse
{
    /// <summary>False when the response is not complete.</summary>
    public static bool TryMeasure(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;

        length = head + 4;
        var headers = Encoding.ASCII.GetString(bytes[..head]);
        if (headers.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return TryMeasureChunks(bytes, ref length);

        const string Name = "\r\nContent-Length: ";
        var at = headers.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0 || !Utf8Parser.TryParse(bytes[(at + Name.Length)..], out int body, out _))
            throw new LoadTestException($"a response of unknown length: {headers}");

        length += body;
        return bytes.Length >= length;
    }

    private static bool TryMeasureChunks(ReadOnlySpan<byte> bytes, ref int length)
    {
        while (bytes[length..].IndexOf("\r\n"u8) is var line and >= 0)
        {
            if (!Utf8Parser.TryParse(bytes[length..], out int chunk, out _, 'x'))
                throw new LoadTestException("a response with a broken chunk");

            length += line + 2 + chunk + 2;
            if (length > bytes.Length)
                return false;

            if (chunk == 0)
                return true;
        }

        return false;
    }
}
