namespace Parley.Protocol.Centrifuge.Schema;

/// <summary>Reads the fields of messages in one format.</summary>
/// <remarks>
/// The first fault ends the reading: from then on <see cref="Next"/> finds nothing and values are defaults, so that schemas need
/// not ask after every step. Methods that take an existing value add to it where the format spreads a value over several fields.
/// </remarks>
internal interface IFieldReader
{
    /// <summary>Goes to the next field of the message; the caller then reads its value or skips it.</summary>
    /// <param name="names">The fields of the message.</param>
    /// <param name="seen">0 at the start of a message; kept by the caller between calls.</param>
    /// <param name="number">0 for a field that has only an unknown name.</param>
    /// <returns>False at the end of the message.</returns>
    bool Next(FieldNames names, ref ulong seen, out int number);

    void Skip();

    bool Bool();

    uint UInt32();

    ulong UInt64();

    int Int32();

    long Int64();

    /// <summary>As <see cref="Int64"/>, but zigzag-encoded in Protobuf.</summary>
    long SInt64();

    string String();

    /// <summary>Bytes that are embedded as a value of its own in JSON.</summary>
    ReadOnlyMemory<byte> Bytes();

    /// <summary>Bytes that are a string in JSON.</summary>
    ReadOnlyMemory<byte> Text();

    IReadOnlyList<string>? Strings(IReadOnlyList<string>? existing);

    IReadOnlyDictionary<string, string>? StringMap(IReadOnlyDictionary<string, string>? existing);

    T? Message<T, TSchema>(T? existing)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>;

    IReadOnlyList<T>? Messages<T, TSchema>(IReadOnlyList<T>? existing)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>;

    IReadOnlyDictionary<string, T>? MessageMap<T, TSchema>(IReadOnlyDictionary<string, T>? existing)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>;
}
