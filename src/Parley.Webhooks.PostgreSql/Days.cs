using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using Parley.Webhooks.Ids;

namespace Parley.Webhooks.PostgreSql;

/// <summary>The days that have tables. Days are in UTC, and a message is of the day in its id.</summary>
internal sealed class Days(Database database)
{
    private const string NameForm = "yyyyMMdd";

    private readonly ConcurrentDictionary<DateOnly, bool> _known = new();

    public static DateOnly Of(Guid id) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(MillisecondsOf(id)).UtcDateTime);

    /// <summary>Lowest id of a day.</summary>
    public static Guid First(DateOnly day) => IdGenerator.LowestAt(new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));

    /// <summary>Of a day's part of a table.</summary>
    public static string NameOf(string table, DateOnly day) => $"{table}_{day.ToString(NameForm, CultureInfo.InvariantCulture)}";

    public bool Has(Guid id) => MillisecondsOf(id) <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() && _known.ContainsKey(Of(id));

    /// <summary>Learns what other nodes made and dropped.</summary>
    /// <returns>From the oldest.</returns>
    public async Task<IReadOnlyList<DateOnly>> ReadAsync(NpgsqlConnection connection)
    {
        var names = await connection.ListAsync(
            "SELECT relname::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'messages'::regclass ORDER BY relname",
            static row => row.GetString(0));
        List<DateOnly> days = [.. names.Select(static name => DateOnly.ParseExact(name.AsSpan(name.LastIndexOf('_') + 1), NameForm, CultureInfo.InvariantCulture))];
        foreach (var known in _known.Keys.Except(days))
            _known.TryRemove(known, out _);
        foreach (var day in days)
            _known[day] = true;
        return days;
    }

    /// <summary>Makes the tables for new messages, and for those of the day after, so that at midnight nobody waits.</summary>
    public async ValueTask EnsureAsync(IEnumerable<Guid> messages)
    {
        foreach (var day in messages.Select(Of).Distinct())
        {
            if (!_known.ContainsKey(day))
                await CreateAsync(day);
            if (!_known.ContainsKey(day.AddDays(1)))
                await CreateAsync(day.AddDays(1));
        }
    }

    private static long MillisecondsOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
    }

    private async Task CreateAsync(DateOnly day)
    {
        await database.TransactAsync(async connection =>
        {
            await connection.RunAsync("SELECT pg_advisory_xact_lock($1)", database.Lock(DatabaseLock.Days));
            foreach (var table in Schema.ByDay)
            {
                var name = NameOf(table, day);
                if (await connection.ValueAsync<bool>("SELECT to_regclass($1) IS NOT NULL", Sql.Value($"{database.Schema}.{name}")))
                    continue;
                // Made on its own and then attached, which holds up neither readers nor writers; CREATE ... PARTITION OF holds up both.
                await connection.RunAsync($"""
                    CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES);
                    ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{First(day)}') TO ('{First(day.AddDays(1))}');
                    """);
            }

            return true;
        });
        _known[day] = true;
    }
}
