using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.Webhooks.Storage;
using SQLitePCL;

namespace Parley.Webhooks.Sqlite;

/// <summary>What stands for a parameter: ids as 16 bytes in the order of their text, times as Unix milliseconds, lists as JSON.</summary>
internal readonly struct SqliteValue
{
    private const int LongestOnStack = 512;

    private readonly Kind _kind;
    private readonly long _number;
    private readonly Guid _id;
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _bytes;

    private SqliteValue(long number) => (_kind, _number) = (Kind.Number, number);

    private SqliteValue(Guid id) => (_kind, _id) = (Kind.Id, id);

    private SqliteValue(string text) => (_kind, _text) = (Kind.Text, text);

    private SqliteValue(ReadOnlyMemory<byte> bytes) => (_kind, _bytes) = (Kind.Bytes, bytes);

    private enum Kind
    {
        Null,
        Number,
        Id,
        Text,
        Bytes,
    }

    public static implicit operator SqliteValue(long? number) => number is { } value ? new(value) : default;

    public static implicit operator SqliteValue(Guid id) => new(id);

    public static implicit operator SqliteValue(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static implicit operator SqliteValue(string? text) => text is null ? default : new(text);

    public static implicit operator SqliteValue(byte[]? bytes) => bytes is null ? default : new(bytes.AsMemory());

    public static implicit operator SqliteValue(ReadOnlyMemory<byte> bytes) => new(bytes);

    public static SqliteValue Of(IReadOnlyList<string> texts) => texts.Count == 0 ? default : new(JsonSerializer.Serialize(texts, StorageJson.Default.IReadOnlyListString));

    /// <summary>Gives it to a statement, which has a copy then.</summary>
    /// <returns>SQLite's result code.</returns>
    public int Bind(sqlite3_stmt statement, int parameter) => _kind switch
    {
        Kind.Number => raw.sqlite3_bind_int64(statement, parameter, _number),
        Kind.Id => BindId(statement, parameter),
        Kind.Text => BindText(statement, parameter),
        Kind.Bytes => raw.sqlite3_bind_blob(statement, parameter, _bytes.Span),
        _ => raw.sqlite3_bind_null(statement, parameter),
    };

    private int BindId(sqlite3_stmt statement, int parameter)
    {
        Span<byte> bytes = stackalloc byte[16];
        _id.TryWriteBytes(bytes, bigEndian: true, out _);
        return raw.sqlite3_bind_blob(statement, parameter, bytes);
    }

    private int BindText(sqlite3_stmt statement, int parameter)
    {
        var most = Encoding.UTF8.GetMaxByteCount(_text!.Length);
        if (most <= LongestOnStack)
        {
            Span<byte> bytes = stackalloc byte[LongestOnStack];
            return raw.sqlite3_bind_text(statement, parameter, bytes[..Encoding.UTF8.GetBytes(_text, bytes)]);
        }

        var rented = ArrayPool<byte>.Shared.Rent(most);
        var result = raw.sqlite3_bind_text(statement, parameter, rented.AsSpan(0, Encoding.UTF8.GetBytes(_text, rented)));
        ArrayPool<byte>.Shared.Return(rented);
        return result;
    }
}
