using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Parley.Protocol.Centrifuge.Json;

/// <summary>Writes messages as JSON, straight into the output.</summary>
internal ref partial struct JsonWriter(IBufferWriter<byte> output)
{
    /// <summary>Asked of the output at once, so that it is not asked for every token.</summary>
    private const int LeastSpan = 256;

    private const int LongestNumber = 20;
    private const int LongestUtf8PerChar = 3;

    /// <summary>Up to here a string's length in UTF-8 is bounded rather than counted.</summary>
    private const int ShortString = 256;

    private static readonly SearchValues<char> CharsToEscape = SearchValues.Create(
        ['"', '\\', .. Enumerable.Range(0, 0x20).Select(static control => (char)control)]);

    private static readonly SearchValues<byte> BytesToEscape = SearchValues.Create(
        [(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(static control => (byte)control)]);

    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _free; // of the output, not yet advanced over
    private int _written; // into _free
    private bool _needsComma;

    /// <summary>Hands everything over to the output; the last call.</summary>
    public void Flush()
    {
        _output.Advance(_written);
        _free = default;
        _written = 0;
    }

    private Span<byte> Reserve(int length)
    {
        if (_free.Length - _written < length)
        {
            Flush();
            _free = _output.GetSpan(Math.Max(length, LeastSpan));
        }

        return _free[_written..];
    }

    private void Byte(byte value)
    {
        Reserve(1)[0] = value;
        _written++;
    }

    private void Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        _written += value.Length;
    }

    private void Comma()
    {
        if (_needsComma) Byte((byte)',');
        _needsComma = true;
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        var target = Reserve(name.Length + ",\"\":".Length);
        var length = 0;
        if (_needsComma) target[length++] = (byte)',';
        _needsComma = true;
        target[length++] = (byte)'"';
        name.CopyTo(target[length..]);
        length += name.Length;
        target[length++] = (byte)'"';
        target[length++] = (byte)':';
        _written += length;
    }

    private void Open(byte bracket)
    {
        Byte(bracket);
        _needsComma = false;
    }

    private void Close(byte bracket)
    {
        Byte(bracket);
        _needsComma = true;
    }

    private void Number(ulong value)
    {
        Utf8Formatter.TryFormat(value, Reserve(LongestNumber), out var length);
        _written += length;
    }

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(LongestNumber), out var length);
        _written += length;
    }

    private void Quoted(string value)
    {
        if (value.AsSpan().ContainsAny(CharsToEscape))
        {
            var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(value));
            Quoted(rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)));
            ArrayPool<byte>.Shared.Return(rented);
            return;
        }

        var longest = value.Length <= ShortString ? value.Length * LongestUtf8PerChar : Encoding.UTF8.GetByteCount(value);
        var target = Reserve(longest + 2);
        target[0] = (byte)'"';
        var length = Encoding.UTF8.GetBytes(value, target[1..]);
        target[length + 1] = (byte)'"';
        _written += length + 2;
    }

    private void Quoted(ReadOnlySpan<byte> value)
    {
        Byte((byte)'"');
        while (true)
        {
            var run = value.IndexOfAny(BytesToEscape);
            if (run < 0) break;
            Raw(value[..run]);
            Escape(value[run]);
            value = value[(run + 1)..];
        }

        Raw(value);
        Byte((byte)'"');
    }

    private void Escape(byte value)
    {
        switch (value)
        {
            case (byte)'"': Raw("\\\""u8); break;
            case (byte)'\\': Raw("\\\\"u8); break;
            case (byte)'\n': Raw("\\n"u8); break;
            case (byte)'\r': Raw("\\r"u8); break;
            case (byte)'\t': Raw("\\t"u8); break;
            default:
                Raw("\\u00"u8);
                Utf8Formatter.TryFormat(value, Reserve(2), out var length, new StandardFormat('x', 2));
                _written += length;
                break;
        }
    }

    /// <summary>JSON of somebody else. A line break in it stands between tokens, or it is no JSON; it would end our message.</summary>
    private void Embedded(ReadOnlySpan<byte> value)
    {
        while (true)
        {
            var run = value.IndexOfAny((byte)'\n', (byte)'\r');
            if (run < 0) break;
            Raw(value[..run]);
            value = value[(run + 1)..];
        }

        Raw(value);
    }
}
