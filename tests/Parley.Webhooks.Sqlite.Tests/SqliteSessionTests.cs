using Microsoft.Data.Sqlite;

namespace Parley.Webhooks.Sqlite.Tests;

/// <summary>What goes into statements and comes out of them.</summary>
public sealed class SqliteSessionTests : IDisposable
{
    private const int ConstraintError = 19;
    private const int NotUnique = ConstraintError | (8 << 8);

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteSession _session;

    public SqliteSessionTests() =>
        _session = SqliteSession.Open(_folder.File("values.db"), SqliteOpenMode.ReadWriteCreate, "PRAGMA journal_mode = WAL; CREATE TABLE things (value UNIQUE);");

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_number_comes_back(long number)
    {
        Assert.Equal(number, _session.Number("SELECT ?1", number));
        Assert.Equal("integer", TypeOf(number));
    }

    [Theory]
    [InlineData("")]
    [InlineData("invoice.paid")]
    [InlineData("Grüße, 世界 👋")]
    [InlineData("before\0behind")]
    public void A_text_comes_back(string text)
    {
        Assert.Equal(text, _session.Text("SELECT ?1", text));
        Assert.Equal("text", TypeOf(text));
    }

    [Theory]
    [InlineData(169)]
    [InlineData(170)]
    [InlineData(100_000)]
    public void A_long_text_comes_back(int length)
    {
        var text = new string('ü', length);

        Assert.Equal(text, _session.Text("SELECT ?1", text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void Bytes_come_back(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);

        using (var rows = _session.Query("SELECT ?1, ?2", bytes, new ReadOnlyMemory<byte>(bytes)))
        {
            Assert.True(rows.Read());
            Assert.Equal(bytes, rows.Bytes(0));
            Assert.Equal(bytes, rows.Span(1));
        }

        Assert.Equal("blob", TypeOf(bytes));
    }

    [Fact]
    public void A_part_of_some_memory_is_bound_without_the_rest()
    {
        ReadOnlyMemory<byte> part = new byte[] { 1, 2, 3, 4 }.AsMemory(1, 2);

        using var rows = _session.Query("SELECT ?1", part);

        Assert.True(rows.Read());
        Assert.Equal([2, 3], rows.Bytes(0));
    }

    [Fact]
    public void A_time_comes_back_to_the_millisecond()
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);

        using var rows = _session.Query("SELECT ?1, ?2", time, time.AddTicks(1));

        Assert.True(rows.Read());
        Assert.Equal(time, rows.Time(0));
        Assert.Equal(time, rows.TimeOrNull(1));
    }

    [Fact]
    public void Lists_of_texts_come_back_and_one_that_is_empty_takes_no_room()
    {
        using (var rows = _session.Query("SELECT ?1, ?2", SqliteValue.Of(["a", "\"ü\""]), SqliteValue.Of([])))
        {
            Assert.True(rows.Read());
            Assert.Equal(["a", "\"ü\""], rows.Texts(0));
            Assert.Empty(rows.Texts(1));
        }

        Assert.Equal("null", TypeOf(SqliteValue.Of([])));
    }

    [Fact]
    public void What_is_null_is_stored_as_NULL_and_read_as_null()
    {
        using var rows = _session.Query(
            "SELECT ?1, ?2, ?3, ?4, typeof(?1) || typeof(?2) || typeof(?3) || typeof(?4)", (int?)null, (string?)null, (byte[]?)null, (DateTimeOffset?)null);

        Assert.True(rows.Read());
        Assert.Null(rows.IntOrNull(0));
        Assert.Null(rows.TextOrNull(1));
        Assert.True(rows.IsNull(2));
        Assert.Null(rows.TimeOrNull(3));
        Assert.Equal("nullnullnullnull", rows.Text(4));
    }

    [Fact]
    public void The_first_value_is_null_where_there_is_no_row_or_it_is_NULL()
    {
        Assert.Null(_session.Number("SELECT 1 WHERE 0"));
        Assert.Null(_session.Number("SELECT NULL"));
        Assert.Null(_session.Id("SELECT NULL"));
        Assert.Null(_session.Text("SELECT NULL"));
    }

    [Fact]
    public void Ids_come_back_in_the_order_of_their_text()
    {
        var ids = Enumerable.Range(0, 100).Select(static _ => Guid.NewGuid()).ToList();
        foreach (var id in ids)
            _session.Run("INSERT INTO things (value) VALUES (?1)", id);

        using var rows = _session.Query("SELECT value FROM things ORDER BY value");
        var stored = new List<Guid>();
        while (rows.Read())
            stored.Add(rows.Id(0));

        Assert.Equal(ids.OrderBy(static id => id.ToString(), StringComparer.Ordinal), stored);
    }

    [Fact]
    public void A_parameter_has_the_value_of_its_number_wherever_it_stands()
    {
        using var rows = _session.Query("SELECT ?3, ?1, ?2, ?1", 1, 2, 3);

        Assert.True(rows.Read());
        Assert.Equal([3, 1, 2, 1], Enumerable.Range(0, 4).Select(rows.Int));
    }

    [Fact]
    public void It_is_told_how_many_rows_were_changed()
    {
        Assert.Equal(3, _session.Run("INSERT INTO things (value) VALUES (1), (2), (3)"));
        Assert.Equal(2, _session.Run("DELETE FROM things WHERE value > ?1", 1));
        Assert.Equal(0, _session.Run("DELETE FROM things WHERE value > ?1", 1));
    }

    [Fact]
    public void A_statement_that_failed_says_why_and_can_be_run_again()
    {
        const string Insert = "INSERT INTO things (value) VALUES (?1)";
        _session.Run(Insert, "a");

        var exception = Assert.Throws<SqliteException>(() => _session.Run(Insert, "a"));

        Assert.Equal((ConstraintError, NotUnique), (exception.SqliteErrorCode, exception.SqliteExtendedErrorCode));
        Assert.Contains("things.value", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, _session.Run(Insert, "b"));
    }

    [Fact]
    public void A_query_that_failed_at_a_later_row_can_be_run_again()
    {
        const string Query = "SELECT abs(value) FROM things";
        _session.Run("INSERT INTO things (value) VALUES (1), (?1)", long.MinValue);
        using (var rows = _session.Query(Query))
        {
            Assert.True(rows.Read());
            Assert.Throws<SqliteException>(() => rows.Read()); // that number has no positive one
        }

        Assert.Equal(1, _session.Number(Query));
    }

    [Fact]
    public void What_is_no_SQL_is_said()
    {
        var exception = Assert.Throws<SqliteException>(() => _session.Run("SELECT * FROM nowhere"));

        Assert.Contains("nowhere", exception.Message, StringComparison.Ordinal);
        Assert.Throws<SqliteException>(() => _session.RunScript("SELECT 1; SELECT * FROM nowhere"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Each_parameter_has_a_value(int count) =>
        Assert.Throws<ArgumentException>(() => _session.Number("SELECT ?1 + ?2", new SqliteValue[count]));

    [Fact]
    public void A_query_that_is_left_before_its_end_holds_up_nobody()
    {
        _session.Run("INSERT INTO things (value) VALUES (1), (2)");
        using var other = SqliteSession.Open(_folder.File("values.db"), SqliteOpenMode.ReadOnly, "");
        using (var rows = other.Query("SELECT value FROM things"))
        {
            Assert.True(rows.Read());
            Assert.False(_session.TryEmptyLog(TimeSpan.Zero));
        }

        Assert.True(_session.TryEmptyLog(TimeSpan.Zero));
    }

    [Fact]
    public void The_file_is_let_go_though_a_query_was_not_ended()
    {
        _session.Run("INSERT INTO things (value) VALUES (1)");
        Assert.True(_session.Query("SELECT value FROM things").Read());
        Assert.Throws<SqliteException>(() => _session.Run("INSERT INTO things (value) VALUES (1)"));

        _session.Dispose();

        Assert.False(File.Exists(_folder.File("values.db-wal"))); // which SQLite deletes when it closes the file
    }

    [Fact]
    public void Locks_of_others_are_waited_for_also_after_the_log_was_emptied()
    {
        Assert.Equal(5_000, _session.Number("PRAGMA busy_timeout"));

        _session.TryEmptyLog(TimeSpan.FromMilliseconds(1));

        Assert.Equal(5_000, _session.Number("PRAGMA busy_timeout"));
    }

    private string? TypeOf(SqliteValue value) => _session.Text("SELECT typeof(?1)", value);
}
