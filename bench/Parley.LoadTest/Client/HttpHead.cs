using System.Buffers.Text;
using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>Status line and headers of an HTTP/1.1 response, read in place.</summary>
internal readonly ref struct HttpHead
{
    private readonly ReadOnlySpan<byte> _headers;

    private HttpHead(ReadOnlySpan<byte> bytes, int status)
    {
        Length = bytes.Length;
        Status = status;
        _headers = bytes[(bytes.IndexOf("\r\n"u8) + 2)..^2];
    }

    /// <summary>Bytes up to where the body begins.</summary>
    public int Length { get; }

    public int Status { get; }

    public bool IsChunked => Ascii.EqualsIgnoreCase(Find("Transfer-Encoding"u8), "chunked"u8);

    /// <summary>Length of the body; null when no header tells.</summary>
    public int? ContentLength => Utf8Parser.TryParse(Find("Content-Length"u8), out int length, out _) ? length : null;

    /// <summary>False when the head is not complete.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out HttpHead head)
    {
        head = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;

        var start = "HTTP/1.1 "u8;
        if (!bytes.StartsWith(start) || !Utf8Parser.TryParse(bytes[start.Length..], out int status, out _))
            throw new LoadTestException($"not a response of HTTP/1.1: {Encoding.UTF8.GetString(bytes[..end])}");

        head = new HttpHead(bytes[..(end + 4)], status);
        return true;
    }

    /// <summary>The value of a header; empty when there is none.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> name)
    {
        var rest = _headers;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf("\r\n"u8);
            var line = rest[..end];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[(name.Length + 1)..].Trim(" "u8);

            rest = rest[(end + 2)..];
        }

        return default;
    }
}
