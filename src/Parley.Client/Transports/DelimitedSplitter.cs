namespace Parley.Client.Transports;

/// <summary>Replies after their lengths as varints.</summary>
internal sealed class DelimitedSplitter : IFrameSplitter
{
    private const int LongestLength = 5;

    public ReadOnlyMemory<byte> Take(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        while (TryReadLength(bytes[taken..], out var prefix, out var length) && bytes.Length - taken - prefix >= length)
            taken += prefix + length;
        return bytes[..taken].ToArray();
    }

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, out int prefix, out int length)
    {
        var value = 0ul;
        for (prefix = 0; prefix < bytes.Length; prefix++)
        {
            if (prefix == LongestLength) throw new InvalidDataException("The length of a reply is no number.");
            value |= (ulong)(bytes[prefix] & 0x7f) << (7 * prefix);
            if ((bytes[prefix] & 0x80) != 0) continue;
            if (value > int.MaxValue - LongestLength) throw new InvalidDataException($"A reply of {value} bytes is announced.");
            prefix++;
            length = (int)value;
            return true;
        }

        length = 0;
        return false;
    }
}
