using System.Text;
using System.Text.Unicode;
using Parley.Protocol.Centrifuge.Schema;

namespace Parley.Protocol.Centrifuge.Protobuf;

internal ref partial struct ProtobufReader
{
    private const int MapKey = 1;
    private const int MapValue = 2;

    private static readonly FieldNames NoNames = new();

    public bool Bool() => Number() != 0;

    public uint UInt32()
    {
        var value = Number();
        if (value > uint.MaxValue) Fail();
        return (uint)value;
    }

    public ulong UInt64() => Number();

    public int Int32()
    {
        var value = (long)Number();
        if (value != (int)value) Fail();
        return (int)value;
    }

    public long Int64() => (long)Number();

    public long SInt64()
    {
        var value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public string String()
    {
        var content = _bytes[Delimited()];
        if (Utf8.IsValid(content)) return Encoding.UTF8.GetString(content);
        Fail();
        return "";
    }

    public ReadOnlyMemory<byte> Bytes() => _memory[Delimited()];

    public ReadOnlyMemory<byte> Text() => Bytes();

    public IReadOnlyList<string> Strings(IReadOnlyList<string>? existing)
    {
        var values = (List<string>?)existing ?? [];
        values.Add(String());
        return values;
    }

    public IReadOnlyList<T> Messages<T, TSchema>(IReadOnlyList<T>? existing)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        var values = (List<T>?)existing ?? [];
        values.Add(Message<T, TSchema>(null));
        return values;
    }

    public IReadOnlyDictionary<string, string> StringMap(IReadOnlyDictionary<string, string>? existing)
    {
        var values = (Dictionary<string, string>?)existing ?? [];
        var (key, value) = ("", "");
        var outerEnd = Enter();
        var seen = 0ul;
        while (Next(NoNames, ref seen, out var number))
        {
            switch (number)
            {
                case MapKey: key = String(); break;
                case MapValue: value = String(); break;
                default: Skip(); break;
            }
        }

        _end = outerEnd;
        values[key] = value;
        return values;
    }

    public IReadOnlyDictionary<string, T> MessageMap<T, TSchema>(IReadOnlyDictionary<string, T>? existing)
        where T : class, new()
        where TSchema : struct, IMessageSchema<T>
    {
        var values = (Dictionary<string, T>?)existing ?? [];
        var key = "";
        T? value = null;
        var outerEnd = Enter();
        var seen = 0ul;
        while (Next(NoNames, ref seen, out var number))
        {
            switch (number)
            {
                case MapKey: key = String(); break;
                case MapValue: value = Message<T, TSchema>(value); break;
                default: Skip(); break;
            }
        }

        _end = outerEnd;
        values[key] = value ?? new T();
        return values;
    }

    private ulong Number()
    {
        if (_wireType != WireType.Varint) Fail();
        return Varint();
    }
}
