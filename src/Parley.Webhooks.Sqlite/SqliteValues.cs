using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Parley.Webhooks.Sqlite;

/// <summary>How values are stored: ids as 16 bytes in the order of their text, times as Unix milliseconds, lists as JSON.</summary>
internal static class SqliteValues
{
    public static byte[] Of(Guid id) => id.ToByteArray(bigEndian: true);

    public static object Of(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static object? Of(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    public static string? Of(IReadOnlyList<string> texts) => texts.Count == 0 ? null : JsonSerializer.Serialize(texts);

    public static Guid Id(this SqliteDataReader row, int column)
    {
        Span<byte> bytes = stackalloc byte[16];
        var stored = row.GetFieldValue<byte[]>(column);
        stored.CopyTo(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    public static DateTimeOffset Time(this SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static int? IntOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static string? TextOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[]? BytesOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    public static IReadOnlyList<string> Texts(this SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? [] : JsonSerializer.Deserialize<string[]>(row.GetString(column))!;
}
