using System.Globalization;
using System.Text;

namespace Parley.Protocol.Tests.Centrifuge.Protobuf;

/// <summary>Bytes for people: hexadecimal pairs, and ASCII text between apostrophes.</summary>
internal static class Hex
{
    public static byte[] Parse(string text)
    {
        var bytes = new List<byte>();
        var parts = text.Split('\'');
        for (var i = 0; i < parts.Length; i++)
        {
            if (i % 2 == 1) bytes.AddRange(Encoding.ASCII.GetBytes(parts[i]));
            else bytes.AddRange(parts[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Pair));
        }

        return [.. bytes];
    }

    private static byte Pair(string digits) => byte.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
