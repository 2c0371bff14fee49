using Parley.Protocol.Centrifuge.Schema;

namespace Parley.Protocol.Centrifuge.Json;

/// <summary>Values. A null stands for the default, as if the member were absent.</summary>
internal ref partial struct JsonReader
{
    public bool Bool()
    {
        if (_scanner.TrySkipLiteral("true"u8)) return true;
        if (!_scanner.TrySkipLiteral("false"u8) && !TryReadNull()) Fail();
        return false;
    }

    public uint UInt32() => (uint)Unsigned(uint.MaxValue);

    public ulong UInt64() => Unsigned(ulong.MaxValue);

    public int Int32() => (int)Signed(int.MaxValue);

    public long Int64() => Signed(long.MaxValue);

    public long SInt64() => Signed(long.MaxValue);

    public string String()
    {
        if (TryReadNull()) return "";
        if (_scanner.TrySkipString(out var content, out var hasEscapes)) return JsonStrings.Decode(_scanner.Text[content], hasEscapes);
        Fail();
        return "";
    }

    public ReadOnlyMemory<byte> Bytes()
    {
        var start = _scanner.Position;
        _scanner.PassedLineBreak = false;
        if (!_scanner.TrySkipValue(JsonPayload.MaxDepth))
        {
            Fail();
            return default;
        }

        var value = _memory[start.._scanner.Position];
        return _scanner.PassedLineBreak ? WithoutLineBreaks(value.Span) : value;
    }

    public ReadOnlyMemory<byte> Text()
    {
        if (TryReadNull()) return default;
        if (!_scanner.TrySkipString(out var content, out var hasEscapes))
        {
            Fail();
            return default;
        }

        if (!hasEscapes) return _memory[content];
        var value = new byte[content.End.Value - content.Start.Value];
        return value.AsMemory(0, JsonStrings.Unescape(_scanner.Text[content], value));
    }

    public IReadOnlyList<string>? Strings(IReadOnlyList<string>? existing)
    {
        if (TryReadNull()) return null;
        var values = new List<string>();
        for (var more = TryOpenArray(); more; more = TryGoOnInArray())
        {
            if (_scanner.Current != (byte)'"') Fail();
            values.Add(String());
        }

        return values;
    }

    public IReadOnlyList<T>? Messages<T, TSchema>(IReadOnlyList<T>? existing)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        if (TryReadNull()) return null;
        var values = new List<T>();
        for (var more = TryOpenArray(); more; more = TryGoOnInArray())
        {
            var value = new T();
            Object<T, TSchema>(value);
            values.Add(value);
        }

        return values;
    }

    public IReadOnlyDictionary<string, string>? StringMap(IReadOnlyDictionary<string, string>? existing)
    {
        if (TryReadNull()) return null;
        var values = new Dictionary<string, string>();
        for (var more = TryOpenMap(out var key); more; more = TryGoOnInMap(out key))
        {
            if (_scanner.Current != (byte)'"' || !values.TryAdd(key, String())) Fail();
        }

        return values;
    }

    public IReadOnlyDictionary<string, T>? MessageMap<T, TSchema>(IReadOnlyDictionary<string, T>? existing)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        if (TryReadNull()) return null;
        var values = new Dictionary<string, T>();
        for (var more = TryOpenMap(out var key); more; more = TryGoOnInMap(out key))
        {
            var value = new T();
            Object<T, TSchema>(value);
            if (!values.TryAdd(key, value)) Fail();
        }

        return values;
    }

    private bool TryOpenArray()
    {
        if (!TryOpen((byte)'[')) return false;
        _scanner.SkipWhitespace();
        return !TryClose((byte)']');
    }

    private bool TryGoOnInArray() => !_failed && TryGoOn((byte)']');

    private bool TryOpenMap(out string key)
    {
        key = "";
        if (!TryOpen((byte)'{')) return false;
        _scanner.SkipWhitespace();
        return !TryClose((byte)'}') && TryReadKey(out key);
    }

    private bool TryGoOnInMap(out string key)
    {
        key = "";
        return !_failed && TryGoOn((byte)'}') && TryReadKey(out key);
    }

    private bool TryGoOn(byte bracket)
    {
        _scanner.SkipWhitespace();
        if (TryClose(bracket)) return false;
        if (!_scanner.TrySkip((byte)',')) return Fail();
        _scanner.SkipWhitespace();
        return true;
    }

    private bool TryClose(byte bracket)
    {
        if (!_scanner.TrySkip(bracket)) return false;
        _depth--;
        return true;
    }

    private bool TryReadKey(out string key)
    {
        var isKey = TryReadName(out var content, out var hasEscapes);
        key = isKey ? JsonStrings.Decode(_scanner.Text[content], hasEscapes) : "";
        return isKey || Fail();
    }

    private ulong Unsigned(ulong max)
    {
        if (TryReadNull()) return 0;
        if (TryReadInteger(out var magnitude) && magnitude <= max) return magnitude;
        Fail();
        return 0;
    }

    private long Signed(long max)
    {
        if (TryReadNull()) return 0;
        var isNegative = _scanner.TrySkip((byte)'-');
        if (TryReadInteger(out var magnitude) && magnitude <= (ulong)max + (isNegative ? 1ul : 0))
            return isNegative ? (long)(0 - magnitude) : (long)magnitude;
        Fail();
        return 0;
    }

    /// <summary>Reads a whole number without sign. Some languages write theirs as 1.0: a fraction of zeros is accepted.</summary>
    private bool TryReadInteger(out ulong value)
    {
        value = 0;
        var start = _scanner.Position;
        if (!_scanner.TrySkipNumber()) return false;
        var digits = _scanner.Text[start.._scanner.Position];
        var point = digits.IndexOf((byte)'.');
        if (point >= 0)
        {
            if (digits[(point + 1)..].ContainsAnyExcept((byte)'0')) return false;
            digits = digits[..point];
        }

        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            var unit = (ulong)(digit - '0');
            if (value > (ulong.MaxValue - unit) / 10) return false;
            value = (value * 10) + unit;
        }

        return true;
    }

    /// <summary>Strings of checked JSON have no line breaks of their own, so all of them stand between tokens.</summary>
    private static byte[] WithoutLineBreaks(ReadOnlySpan<byte> value)
    {
        var copy = new byte[value.Length];
        var length = 0;
        foreach (var current in value)
            if (current is not ((byte)'\n' or (byte)'\r'))
                copy[length++] = current;

        return copy[..length];
    }
}
