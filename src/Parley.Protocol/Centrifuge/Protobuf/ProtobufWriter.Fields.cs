using Parley.Protocol.Centrifuge.Schema;

namespace Parley.Protocol.Centrifuge.Protobuf;

/// <summary>Fields. In Protobuf a default is left out even where JSON always writes it: readers cannot tell the difference.</summary>
internal ref partial struct ProtobufWriter
{
    public void Bool(int number, ReadOnlySpan<byte> name, bool value) => UInt64(number, name, value ? 1u : 0, always: false);

    public void UInt32(int number, ReadOnlySpan<byte> name, uint value, bool always) => UInt64(number, name, value, always);

    public void UInt64(int number, ReadOnlySpan<byte> name, ulong value, bool always)
    {
        if (value == 0) return;
        Tag(number, WireType.Varint);
        Varint(value);
    }

    public void Int32(int number, ReadOnlySpan<byte> name, int value) => Int64(number, name, value);

    public void Int64(int number, ReadOnlySpan<byte> name, long value) => UInt64(number, name, (ulong)value, always: false);

    public void SInt64(int number, ReadOnlySpan<byte> name, long value) =>
        UInt64(number, name, (ulong)((value << 1) ^ (value >> 63)), always: false);

    public void String(int number, ReadOnlySpan<byte> name, string value, bool always)
    {
        if (value.Length != 0) Delimited(number, value);
    }

    public void Bytes(int number, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value)
    {
        if (!value.IsEmpty) Delimited(number, value.Span);
    }

    public void Text(int number, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value) => Bytes(number, name, value);

    public void Strings(int number, ReadOnlySpan<byte> name, IReadOnlyList<string>? values)
    {
        for (var i = 0; i < values?.Count; i++) Delimited(number, values[i]);
    }

    public void StringMap(int number, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string>? values)
    {
        if (values is Dictionary<string, string> dictionary)
        {
            // The usual kind, whose enumerator costs no allocation when it is known.
            foreach (var (key, value) in dictionary) Entry(number, key, value);
        }
        else if (values is not null)
        {
            foreach (var (key, value) in values) Entry(number, key, value);
        }
    }

    public void Message<T, TSchema>(int number, ReadOnlySpan<byte> name, T? value)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        if (value is null) return;
        Tag(number, WireType.Length);
        var start = Begin();
        TSchema.Write(ref this, value);
        End(start);
    }

    public void Messages<T, TSchema>(int number, ReadOnlySpan<byte> name, IReadOnlyList<T>? values, bool always)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        for (var i = 0; i < values?.Count; i++) Message<T, TSchema>(number, name, values[i]);
    }

    public void Written(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> messages)
    {
        Reserve(messages.Length);
        messages.Span.CopyTo(_buffer.AsSpan(_length));
        _length += messages.Length;
    }

    public void MessageMap<T, TSchema>(int number, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, T>? values, bool always)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        if (values is null) return;
        foreach (var (key, value) in values)
        {
            Tag(number, WireType.Length);
            var start = Begin();
            Delimited(MapKey, key);
            Message<T, TSchema>(MapValue, name, value);
            End(start);
        }
    }

    private void Entry(int number, string key, string value)
    {
        Tag(number, WireType.Length);
        var start = Begin();
        Delimited(MapKey, key);
        Delimited(MapValue, value);
        End(start);
    }
}
