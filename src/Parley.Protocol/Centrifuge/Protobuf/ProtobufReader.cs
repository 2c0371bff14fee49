using System.Diagnostics.CodeAnalysis;
using Parley.Protocol.Centrifuge.Schema;

namespace Parley.Protocol.Centrifuge.Protobuf;

/// <summary>Reads messages from Protocol Buffers.</summary>
/// <remarks>
/// As proto3 has it: of a value that comes twice the last counts, a message that comes twice is merged, unknown fields are skipped.
/// Stricter where no writer of SDKs goes: a number beyond its field's range and the old groups are faults.
/// </remarks>
internal ref partial struct ProtobufReader(ReadOnlyMemory<byte> memory) : IFieldReader
{
    private const int LongestVarint = 10;

    /// <summary>
    /// Messages within messages, the outermost counted; nesting costs stack. A command with a filter of 31 levels reaches it, and
    /// in JSON has <see cref="JsonPayload.MaxDepth"/> levels of objects and arrays then: both formats end at the same filter.
    /// </summary>
    private const int MaxMessageDepth = 33;

    private readonly ReadOnlyMemory<byte> _memory = memory;
    private readonly ReadOnlySpan<byte> _bytes = memory.Span;
    private int _position;
    private int _end = memory.Length; // of the innermost message
    private int _messageDepth;
    private WireType _wireType;
    private bool _failed;

    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        Length = 2,
        Fixed32 = 5,
    }

    /// <summary>Reads one message after its length prefix; the length is that of both.</summary>
    public bool TryReadDelimited<T, TSchema>([NotNullWhen(true)] out T? message, out int length)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        _wireType = WireType.Length;
        message = Message<T, TSchema>(null);
        length = _position;
        if (!_failed) return true;
        message = null;
        return false;
    }

    /// <summary>Reads one message that fills the memory.</summary>
    public bool TryReadAll<T, TSchema>([NotNullWhen(true)] out T? message)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        message = new T();
        TSchema.Read(ref this, message);
        if (!_failed) return true;
        message = null;
        return false;
    }

    public bool Next(FieldNames names, ref ulong seen, out int number)
    {
        number = 0;
        if (_failed || _position == _end) return false;
        var tag = Varint();
        _wireType = (WireType)(tag & 7);
        if (tag is < 8 or > uint.MaxValue) return Fail();
        number = (int)(tag >> 3);
        return !_failed;
    }

    public void Skip()
    {
        switch (_wireType)
        {
            case WireType.Varint: Varint(); break;
            case WireType.Fixed64: Take(sizeof(ulong)); break;
            case WireType.Length: Take(Varint()); break;
            case WireType.Fixed32: Take(sizeof(uint)); break;
            default: Fail(); break;
        }
    }

    public T Message<T, TSchema>(T? existing)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        var message = existing ?? new T();
        var outerEnd = Enter();
        if (++_messageDepth > MaxMessageDepth) Fail();
        TSchema.Read(ref this, message);
        _messageDepth--;
        _end = outerEnd;
        return message;
    }

    /// <summary>Goes into a value that has fields of its own.</summary>
    /// <returns>Where the message around it ends.</returns>
    private int Enter()
    {
        var outerEnd = _end;
        var content = Delimited();
        if (_failed) return outerEnd;
        _position = content.Start.Value;
        _end = content.End.Value;
        return outerEnd;
    }

    /// <summary>Passes bytes behind their length.</summary>
    private Range Delimited()
    {
        if (_wireType != WireType.Length) Fail();
        return Take(Varint());
    }

    private Range Take(ulong length)
    {
        if (_failed || length > (ulong)(_end - _position))
        {
            Fail();
            return default;
        }

        var start = _position;
        _position += (int)length;
        return start.._position;
    }

    private ulong Varint()
    {
        var value = 0ul;
        for (var i = 0; i < LongestVarint && _position < _end && !_failed; i++)
        {
            var current = _bytes[_position++];
            if (i == LongestVarint - 1 && current > 1) break;
            value |= (ulong)(current & 0x7F) << (7 * i);
            if (current < 0x80) return value;
        }

        Fail();
        return 0;
    }

    private bool Fail()
    {
        _failed = true;
        return false;
    }
}
