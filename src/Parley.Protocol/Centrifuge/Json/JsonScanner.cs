using System.Buffers;
using System.Text.Unicode;

namespace Parley.Protocol.Centrifuge.Json;

/// <summary>Finds where the tokens of a JSON text end, and checks them against RFC 8259.</summary>
/// <remarks>Methods begin at <see cref="Position"/> and leave it behind what they accept; after false it means nothing.</remarks>
internal ref struct JsonScanner(ReadOnlySpan<byte> text)
{
    /// <summary>What can end a run of plain characters in a string: quote, backslash, and controls, which must be escaped.</summary>
    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(static control => (byte)control)]);

    public readonly ReadOnlySpan<byte> Text = text;

    public int Position;

    /// <summary>Whether a line break was passed between tokens.</summary>
    public bool PassedLineBreak;

    /// <summary>The byte at the position, or 0 (which no token begins with) behind the end.</summary>
    public readonly byte Current => (uint)Position < (uint)Text.Length ? Text[Position] : (byte)0;

    public void SkipWhitespace()
    {
        while ((uint)Position < (uint)Text.Length)
        {
            var current = Text[Position];
            if (current > ' ') return;
            if (current is (byte)'\n' or (byte)'\r') PassedLineBreak = true;
            else if (current is not ((byte)' ' or (byte)'\t')) return;
            Position++;
        }
    }

    public bool TrySkip(byte expected)
    {
        if (Current != expected) return false;
        Position++;
        return true;
    }

    public bool TrySkipLiteral(ReadOnlySpan<byte> literal)
    {
        if (!Text[Position..].StartsWith(literal)) return false;
        Position += literal.Length;
        return true;
    }

    // Text cut inside an emoji is written so by every JSON.stringify; it is passed on as it came, but no string of ours can hold it.
    private bool _allowsLoneSurrogates;

    /// <summary>Skips a string that is valid UTF-8 and, outside of values that are only passed over, has no lone surrogates.</summary>
    /// <param name="content">What is between the quotes.</param>
    /// <param name="hasEscapes">Whether the content differs from the string's value.</param>
    public bool TrySkipString(out Range content, out bool hasEscapes)
    {
        content = default;
        hasEscapes = false;
        if (!TrySkip((byte)'"')) return false;
        var start = Position;
        while (true)
        {
            var run = Text[Position..].IndexOfAny(StringStops);
            if (run < 0) return false;
            Position += run;
            if (Text[Position] != (byte)'\\') break;
            hasEscapes = true;
            if (!TrySkipEscape()) return false;
        }

        content = start..Position;
        return TrySkip((byte)'"') && Utf8.IsValid(Text[content]);
    }

    /// <summary>Skips a number.</summary>
    public bool TrySkipNumber()
    {
        TrySkip((byte)'-');
        if (!TrySkip((byte)'0') && !TrySkipDigits()) return false;
        if (TrySkip((byte)'.') && !TrySkipDigits()) return false;
        if (!TrySkip((byte)'e') && !TrySkip((byte)'E')) return true;
        if (!TrySkip((byte)'+')) TrySkip((byte)'-');
        return TrySkipDigits();
    }

    /// <summary>Skips one value of any kind.</summary>
    /// <param name="maxDepth">Levels of objects and arrays it may have, 0 to 64.</param>
    public bool TrySkipValue(int maxDepth)
    {
        _allowsLoneSurrogates = true;
        var skipped = TrySkipAnyValue(maxDepth);
        _allowsLoneSurrogates = false;
        return skipped;
    }

    private bool TrySkipAnyValue(int maxDepth)
    {
        var depth = 0;
        var objects = 0ul; // bit 0: the innermost container is an object; an own stack of bits, so that depth costs no call stack
        while (true)
        {
            SkipWhitespace();
            switch (Current)
            {
                case (byte)'{' or (byte)'[':
                    if (depth++ == maxDepth) return false;
                    objects = (objects << 1) | (Current == (byte)'{' ? 1ul : 0);
                    Position++;
                    SkipWhitespace();
                    if (Current == Close(objects)) break;
                    if ((objects & 1) != 0 && !TrySkipName()) return false;
                    continue;
                case (byte)'"':
                    if (!TrySkipString(out _, out _)) return false;
                    break;
                case (byte)'t':
                    if (!TrySkipLiteral("true"u8)) return false;
                    break;
                case (byte)'f':
                    if (!TrySkipLiteral("false"u8)) return false;
                    break;
                case (byte)'n':
                    if (!TrySkipLiteral("null"u8)) return false;
                    break;
                default:
                    if (!TrySkipNumber()) return false;
                    break;
            }

            while (true)
            {
                if (depth == 0) return true;
                SkipWhitespace();
                if (TrySkip((byte)',')) break;
                if (!TrySkip(Close(objects))) return false;
                depth--;
                objects >>= 1;
            }

            if ((objects & 1) == 0) continue;
            SkipWhitespace();
            if (!TrySkipName()) return false;
        }
    }

    private static byte Close(ulong objects) => (objects & 1) != 0 ? (byte)'}' : (byte)']';

    private bool TrySkipName()
    {
        if (!TrySkipString(out _, out _)) return false;
        SkipWhitespace();
        return TrySkip((byte)':');
    }

    private bool TrySkipDigits()
    {
        var start = Position;
        while (char.IsAsciiDigit((char)Current)) Position++;
        return Position > start;
    }

    private bool TrySkipEscape()
    {
        Position++;
        if (Current is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t')
        {
            Position++;
            return true;
        }

        if (Current != (byte)'u') return false;
        if (!TrySkipHex(out var unit)) return false;
        if (_allowsLoneSurrogates) return true;
        if (char.IsLowSurrogate(unit)) return false;
        if (!char.IsHighSurrogate(unit)) return true;
        return TrySkip((byte)'\\') && Current == (byte)'u' && TrySkipHex(out var low) && char.IsLowSurrogate(low);
    }

    /// <summary>Skips the letter u and four hexadecimal digits.</summary>
    private bool TrySkipHex(out char unit)
    {
        unit = default;
        if (Text.Length - Position < 5) return false;
        if (!JsonStrings.TryParseHex(Text.Slice(Position + 1, 4), out unit)) return false;
        Position += 5;
        return true;
    }
}
