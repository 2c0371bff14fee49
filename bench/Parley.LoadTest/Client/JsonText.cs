using System.Buffers;

namespace Parley.LoadTest.Client;

/// <summary>As much of JSON as requests beside a stream need.</summary>
internal static class JsonText
{
    /// <summary>The characters between a marker and the next quote; null when the marker is not there.</summary>
    public static byte[]? Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte> marker)
    {
        var at = json.IndexOf(marker);
        if (at < 0)
            return null;

        var value = json[(at + marker.Length)..];
        return value[..value.IndexOf((byte)'"')].ToArray();
    }

    /// <summary>Writes what stands between the quotes of a string.</summary>
    public static void WriteEscaped(ArrayBufferWriter<byte> writer, ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            switch (b)
            {
                case (byte)'"' or (byte)'\\':
                    writer.Write([(byte)'\\', b]);
                    break;
                case (byte)'\n':
                    writer.Write("\\n"u8);
                    break;
                default:
                    writer.Write([b]);
                    break;
            }
        }
    }
}
