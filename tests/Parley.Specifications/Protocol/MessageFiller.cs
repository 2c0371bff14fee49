using System.Reflection;
using System.Text;

namespace Parley.Specifications.Protocol;

/// <summary>Makes messages in which every member differs from its default and, where it can, from every other member.</summary>
public sealed class MessageFiller
{
    private const int MaxNesting = 8;

    private static readonly MethodInfo ListMethod = Generic(nameof(MakeList));
    private static readonly MethodInfo MapMethod = Generic(nameof(MakeMap));

    private int _counter;

    public static T Fill<T>()
        where T : new() => (T)new MessageFiller().Message(typeof(T), 0);

    private static MethodInfo Generic(string name) =>
        typeof(MessageFiller).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Instance)!;

    private object Message(Type type, int nesting)
    {
        var message = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties()) property.SetValue(message, Value(property.PropertyType, nesting + 1));
        return message;
    }

    private object? Value(Type type, int nesting)
    {
        _counter++;
        if (type == typeof(string)) return $"text {_counter}";
        if (type == typeof(bool)) return true;
        if (type == typeof(ReadOnlyMemory<byte>)) return new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes($"{{\"value\":{_counter}}}"));
        if (type.IsPrimitive) return Convert.ChangeType(_counter, type, null);
        if (nesting > MaxNesting) return null;
        if (!type.IsGenericType) return Message(type, nesting);
        var arguments = type.GetGenericArguments();
        var method = arguments.Length == 1 ? ListMethod : MapMethod;
        return method.MakeGenericMethod(arguments[^1]).Invoke(this, [nesting]);
    }

    private List<T> MakeList<T>(int nesting) => [(T)Value(typeof(T), nesting)!, (T)Value(typeof(T), nesting)!];

    private Dictionary<string, T> MakeMap<T>(int nesting) =>
        new() { [$"key {++_counter}"] = (T)Value(typeof(T), nesting)!, [$"key {++_counter}"] = (T)Value(typeof(T), nesting)! };
}
