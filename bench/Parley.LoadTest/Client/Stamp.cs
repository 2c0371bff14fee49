using System.Globalization;
using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>The sequence number in every payload, in a form that is found without parsing JSON and survives re-encoding.</summary>
internal static class Stamp
{
    /// <summary>Digits of the number, hexadecimal.</summary>
    public const int Digits = 8;

    /// <summary>The shortest payload that has room for a stamp.</summary>
    public const int MinPayloadBytes = 32;

    public static ReadOnlySpan<byte> Marker => "~seq="u8;

    /// <summary>A JSON object of an exact length with a stamp in it.</summary>
    public static string Payload(int bytes)
    {
        const string Start = """{"m":"~seq=00000000""";
        const string End = "\"}";
        if (bytes < MinPayloadBytes)
            throw new LoadTestException(string.Create(CultureInfo.InvariantCulture, $"a payload has at least {MinPayloadBytes} bytes"));

        return new StringBuilder(Start).Append('x', bytes - Start.Length - End.Length).Append(End).ToString();
    }

    public static void Write(Span<byte> digits, uint sequence)
    {
        for (var i = Digits - 1; i >= 0; i--, sequence >>= 4)
            digits[i] = "0123456789abcdef"u8[(int)(sequence & 15)];
    }

    public static bool TryRead(ReadOnlySpan<byte> text, out uint sequence)
    {
        sequence = 0;
        var at = text.IndexOf(Marker);
        if (at < 0 || text.Length < at + Marker.Length + Digits)
            return false;

        foreach (var digit in text.Slice(at + Marker.Length, Digits))
            sequence = (sequence << 4) | (uint)(digit <= '9' ? digit - '0' : digit - 'a' + 10);

        return true;
    }
}
