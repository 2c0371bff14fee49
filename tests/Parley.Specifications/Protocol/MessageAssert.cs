using System.Collections;

namespace Parley.Specifications.Protocol;

/// <summary>Compares messages member by member, so that a member that a codec forgets is seen.</summary>
public static class MessageAssert
{
    /// <summary>Fails unless all members are equal; null and empty collections are, as on the wire.</summary>
    public static void Equal(object? expected, object? actual) => Compare(expected, actual, expected?.GetType().Name ?? "message");

    private static void Compare(object? expected, object? actual, string path)
    {
        switch (expected)
        {
            case null:
                Assert.True(actual is null or ICollection { Count: 0 }, $"{path} should be absent.");
                break;
            case ReadOnlyMemory<byte> bytes:
                Assert.True(bytes.Span.SequenceEqual(((ReadOnlyMemory<byte>)actual!).Span), $"{path} differs.");
                break;
            case string or ValueType:
                Assert.True(expected.Equals(actual), $"{path} is {actual}, not {expected}.");
                break;
            case IDictionary map:
                CompareMaps(map, (IDictionary?)actual, path);
                break;
            case ICollection list:
                CompareLists([.. list], [.. (ICollection?)actual ?? Array.Empty<object>()], path);
                break;
            default:
                Assert.True(actual is not null, $"{path} is missing.");
                foreach (var property in expected.GetType().GetProperties())
                    Compare(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}");
                break;
        }
    }

    private static void CompareMaps(IDictionary expected, IDictionary? actual, string path)
    {
        Assert.True(expected.Count == (actual?.Count ?? 0), $"{path} has {actual?.Count ?? 0} entries, not {expected.Count}.");
        foreach (string key in expected.Keys) Compare(expected[key], actual![key], $"{path}[{key}]");
    }

    private static void CompareLists(object[] expected, object[] actual, string path)
    {
        Assert.True(expected.Length == actual.Length, $"{path} has {actual.Length} items, not {expected.Length}.");
        for (var i = 0; i < expected.Length; i++) Compare(expected[i], actual[i], $"{path}[{i}]");
    }
}
