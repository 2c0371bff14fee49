using Parley.Protocol.Centrifuge.Schema;

namespace Parley.Protocol.Centrifuge.Json;

internal ref partial struct JsonWriter : IFieldWriter
{
    /// <summary>Writes a message that stands alone.</summary>
    public void Root<T, TSchema>(T message)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        Object<T, TSchema>(message);
        Flush();
    }

    /// <summary>Writes a message for <see cref="Written"/>.</summary>
    public void Item<T, TSchema>(T message)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        Byte((byte)',');
        Object<T, TSchema>(message);
        Flush();
    }

    public void Bool(int number, ReadOnlySpan<byte> name, bool value)
    {
        if (!value) return;
        Name(name);
        Raw("true"u8);
    }

    public void UInt32(int number, ReadOnlySpan<byte> name, uint value, bool always) => UInt64(number, name, value, always);

    public void UInt64(int number, ReadOnlySpan<byte> name, ulong value, bool always)
    {
        if (value == 0 && !always) return;
        Name(name);
        Number(value);
    }

    public void Int32(int number, ReadOnlySpan<byte> name, int value) => Int64(number, name, value);

    public void Int64(int number, ReadOnlySpan<byte> name, long value)
    {
        if (value == 0) return;
        Name(name);
        Number(value);
    }

    public void SInt64(int number, ReadOnlySpan<byte> name, long value) => Int64(number, name, value);

    public void String(int number, ReadOnlySpan<byte> name, string value, bool always)
    {
        if (value.Length == 0 && !always) return;
        Name(name);
        Quoted(value);
    }

    public void Bytes(int number, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty) return;
        Name(name);
        Embedded(value.Span);
    }

    public void Text(int number, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty) return;
        Name(name);
        Quoted(value.Span);
    }

    public void Strings(int number, ReadOnlySpan<byte> name, IReadOnlyList<string>? values)
    {
        if (values is null || values.Count == 0) return;
        Name(name);
        Open((byte)'[');
        for (var i = 0; i < values.Count; i++)
        {
            Comma();
            Quoted(values[i]);
        }

        Close((byte)']');
    }

    public void StringMap(int number, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string>? values)
    {
        if (values is null || values.Count == 0) return;
        Name(name);
        Open((byte)'{');
        if (values is Dictionary<string, string> dictionary)
        {
            // The usual kind, whose enumerator costs no allocation when it is known.
            foreach (var (key, value) in dictionary) Entry(key, value);
        }
        else
        {
            foreach (var (key, value) in values) Entry(key, value);
        }

        Close((byte)'}');
    }

    public void Message<T, TSchema>(int number, ReadOnlySpan<byte> name, T? value)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        if (value is null) return;
        Name(name);
        Object<T, TSchema>(value);
    }

    public void Messages<T, TSchema>(int number, ReadOnlySpan<byte> name, IReadOnlyList<T>? values, bool always)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        var count = values?.Count ?? 0;
        if (count == 0 && !always) return;
        Name(name);
        Open((byte)'[');
        for (var i = 0; i < count; i++)
        {
            Comma();
            Object<T, TSchema>(values![i]);
        }

        Close((byte)']');
    }

    public void Written(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> messages)
    {
        if (messages.IsEmpty) return;
        Name(name);
        Open((byte)'[');
        Raw(messages.Span[1..]); // without the comma before the first
        Close((byte)']');
    }

    public void MessageMap<T, TSchema>(int number, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, T>? values, bool always)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        if (values is null or { Count: 0 } && !always) return;
        Name(name);
        Open((byte)'{');
        foreach (var (key, value) in values ?? new Dictionary<string, T>())
        {
            Comma();
            Quoted(key);
            Byte((byte)':');
            Object<T, TSchema>(value);
        }

        Close((byte)'}');
    }

    private void Entry(string key, string value)
    {
        Comma();
        Quoted(key);
        Byte((byte)':');
        Quoted(value);
    }

    private void Object<T, TSchema>(T message)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        Open((byte)'{');
        TSchema.Write(ref this, message);
        Close((byte)'}');
    }
}
