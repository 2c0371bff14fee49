using System.Reflection;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Parley.Protocol.Tests.Centrifuge;

/// <summary>Random messages: any member may have any value, or its default.</summary>
internal static class MessageGenerator
{
    private const int MaxNesting = 4;
    private const int MaxItems = 3;

    private static readonly Gen<string> Text = Gen
        .Frequency((8, Gen.Int[' ', '~']), (1, Gen.Int[0, 0x2FFF]), (1, Gen.Int[0, 0x10FFFF]))
        .Select(static scalar => Rune.IsValid(scalar) ? new Rune(scalar) : Rune.ReplacementChar)
        .Array[0, 40]
        .Select(static runes => string.Concat(runes));

    private static readonly Gen<ReadOnlyMemory<byte>> Payload = Gen.Frequency(
        (3, Text.Select(static text => JsonSerializer.SerializeToUtf8Bytes(new[] { text }))),
        (1, Gen.OneOf("null"u8.ToArray(), "-1.5e300"u8.ToArray(), "{ \"a\" : [] }"u8.ToArray())))
        .Select(static bytes => new ReadOnlyMemory<byte>(bytes));

    public static Gen<T> Of<T>()
        where T : new() => Message<T>(0);

    private static Gen<T> Message<T>(int nesting)
        where T : new()
    {
        var generator = Gen.Const(static () => new T());
        foreach (var property in typeof(T).GetProperties())
        {
            if (Member(property.PropertyType, nesting + 1) is not { } member) continue;
            var sometimes = Gen.Frequency((1, Gen.Const((Action<T>)(static _ => { }))), (1, member.Select(Assign)));
            generator = generator.Select(sometimes, static (message, assign) =>
            {
                assign(message);
                return message;
            });

            Action<T> Assign(object value) => message => property.SetValue(message, value);
        }

        return generator;
    }

    private static Gen<object>? Member(Type type, int nesting)
    {
        if (type == typeof(string)) return Text.Select(static value => (object)value);
        if (type == typeof(ReadOnlyMemory<byte>)) return Payload.Select(static value => (object)value);
        if (type == typeof(bool)) return Gen.Bool.Select(static value => (object)value);
        if (type == typeof(uint)) return Gen.UInt.Select(static value => (object)value);
        if (type == typeof(ulong)) return Gen.ULong.Select(static value => (object)value);
        if (type == typeof(int)) return Gen.Int.Select(static value => (object)value);
        if (type == typeof(long)) return Gen.Long.Select(static value => (object)value);
        if (nesting > MaxNesting) return null;
        if (!type.IsGenericType) return Call(nameof(Object), type, nesting);
        var arguments = type.GetGenericArguments();
        return Call(arguments.Length == 1 ? nameof(List) : nameof(Map), arguments[^1], nesting);
    }

    private static Gen<object>? Call(string method, Type argument, int nesting) =>
        (Gen<object>?)typeof(MessageGenerator).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(argument).Invoke(null, [nesting]);

    private static Gen<object> Object<T>(int nesting)
        where T : class, new() => Message<T>(nesting).Select(static value => (object)value);

    private static Gen<object>? List<T>(int nesting) =>
        Member(typeof(T), nesting)?.Select(static value => (T)value).List[0, MaxItems].Select(static values => (object)values);

    private static Gen<object>? Map<T>(int nesting) => Member(typeof(T), nesting) is { } member
        ? Gen.Dictionary(Text, member.Select(static value => (T)value))[0, MaxItems].Select(static values => (object)values)
        : null;
}
