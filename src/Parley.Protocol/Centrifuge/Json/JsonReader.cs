using System.Diagnostics.CodeAnalysis;
using Parley.Protocol.Centrifuge.Schema;

namespace Parley.Protocol.Centrifuge.Json;

/// <summary>Reads messages from JSON.</summary>
internal ref partial struct JsonReader(ReadOnlyMemory<byte> memory) : IFieldReader
{
    private readonly ReadOnlyMemory<byte> _memory = memory;
    private JsonScanner _scanner = new(memory.Span);
    private int _depth; // objects and arrays around the position
    private bool _failed;

    /// <summary>Reads one message that ends its line; the length is that of both.</summary>
    public bool TryReadLine<T, TSchema>([NotNullWhen(true)] out T? message, out int length)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        message = new T();
        Object<T, TSchema>(message);
        while (_scanner.Current is (byte)' ' or (byte)'\t' or (byte)'\r') _scanner.Position++;
        if (!_scanner.TrySkip((byte)'\n') && _scanner.Position != _scanner.Text.Length) Fail();
        length = _scanner.Position;
        if (!_failed) return true;
        message = null;
        return false;
    }

    public bool Next(FieldNames names, ref ulong seen, out int number)
    {
        number = 0;
        if (_failed) return false;
        _scanner.SkipWhitespace();
        if (_scanner.TrySkip((byte)'}'))
        {
            _depth--;
            return false;
        }

        // Bit 0 says that there was a member; the others, which ones.
        if (seen != 0)
        {
            if (!_scanner.TrySkip((byte)',')) return Fail();
            _scanner.SkipWhitespace();
        }

        seen |= 1;
        if (!TryReadName(out var content, out var hasEscapes)) return Fail();
        number = hasEscapes ? FindEscaped(names, _scanner.Text[content]) : names.Find(_scanner.Text[content]);
        if (number == 0) return true;

        // Two readers of one text must not see two different values: a member that comes twice is refused.
        var bit = 1ul << number;
        if ((seen & bit) != 0) return Fail();
        seen |= bit;
        return true;
    }

    public void Skip()
    {
        if (!_scanner.TrySkipValue(JsonPayload.MaxDepth - _depth)) Fail();
    }

    public T? Message<T, TSchema>(T? existing)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        if (TryReadNull()) return null;
        var message = new T();
        Object<T, TSchema>(message);
        return message;
    }

    private void Object<T, TSchema>(T message)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        if (TryOpen((byte)'{')) TSchema.Read(ref this, message);
    }

    private bool TryOpen(byte bracket)
    {
        if (_failed || !_scanner.TrySkip(bracket) || ++_depth > JsonPayload.MaxDepth) return Fail();
        return true;
    }

    private bool TryReadName(out Range content, out bool hasEscapes)
    {
        if (!_scanner.TrySkipString(out content, out hasEscapes)) return false;
        _scanner.SkipWhitespace();
        if (!_scanner.TrySkip((byte)':')) return false;
        _scanner.SkipWhitespace();
        return true;
    }

    private static int FindEscaped(FieldNames names, ReadOnlySpan<byte> content)
    {
        const int LongestEscape = 6;
        if (content.Length > FieldNames.MaxLength * LongestEscape) return 0;
        Span<byte> name = stackalloc byte[FieldNames.MaxLength * LongestEscape];
        return names.Find(name[..JsonStrings.Unescape(content, name)]);
    }

    private bool TryReadNull() => _scanner.Current == (byte)'n' && (_scanner.TrySkipLiteral("null"u8) || Fail());

    private bool Fail()
    {
        _failed = true;
        return false;
    }
}
