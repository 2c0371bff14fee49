namespace Parley.Protocol.Centrifuge.Schema;

/// <summary>Writes the fields of messages in one format.</summary>
/// <remarks>
/// A field is left out when it has its default: 0, false, empty or null. A few, marked <c>always</c>, are in JSON all the same,
/// because SDKs read them without asking whether they are there.
/// </remarks>
internal interface IFieldWriter
{
    void Bool(int number, ReadOnlySpan<byte> name, bool value);

    void UInt32(int number, ReadOnlySpan<byte> name, uint value, bool always = false);

    void UInt64(int number, ReadOnlySpan<byte> name, ulong value, bool always = false);

    void Int32(int number, ReadOnlySpan<byte> name, int value);

    void Int64(int number, ReadOnlySpan<byte> name, long value);

    /// <summary>As <see cref="Int64"/>, but zigzag-encoded in Protobuf.</summary>
    void SInt64(int number, ReadOnlySpan<byte> name, long value);

    void String(int number, ReadOnlySpan<byte> name, string value, bool always = false);

    /// <summary>Bytes that are embedded as a value of its own in JSON.</summary>
    void Bytes(int number, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value);

    /// <summary>Bytes that are a string in JSON.</summary>
    void Text(int number, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value);

    void Strings(int number, ReadOnlySpan<byte> name, IReadOnlyList<string>? values);

    void StringMap(int number, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string>? values);

    void Message<T, TSchema>(int number, ReadOnlySpan<byte> name, T? value)
        where T : class
        where TSchema : struct, IMessageSchema<T>;

    void Messages<T, TSchema>(int number, ReadOnlySpan<byte> name, IReadOnlyList<T>? values, bool always = false)
        where T : class
        where TSchema : struct, IMessageSchema<T>;

    /// <summary>Messages of a list that were written before by the same kind of writer.</summary>
    void Written(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> messages);

    void MessageMap<T, TSchema>(int number, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, T>? values, bool always = false)
        where T : class
        where TSchema : struct, IMessageSchema<T>;
}
