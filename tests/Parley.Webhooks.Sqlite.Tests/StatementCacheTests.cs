using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Parley.Webhooks.Sqlite.Tests;

public sealed class StatementCacheTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public StatementCacheTests() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void A_statement_is_prepared_once()
    {
        using var statements = new StatementCache(_connection.Handle!);

        Assert.Same(statements.Get("SELECT 1"), statements.Get("SELECT 1"));
    }

    [Fact]
    public void Those_that_were_used_last_are_kept()
    {
        using var statements = new StatementCache(_connection.Handle!, most: 2);
        var first = statements.Get("SELECT 1");
        var second = statements.Get("SELECT 2");
        Assert.Same(first, statements.Get("SELECT 1"));

        statements.Get("SELECT 3");

        Assert.Same(first, statements.Get("SELECT 1"));
        Assert.NotSame(second, statements.Get("SELECT 2"));
    }

    [Fact]
    public void However_many_texts_there_are_few_statements_are_kept()
    {
        using var statements = new StatementCache(_connection.Handle!);
        for (var text = 100; text < 200; text++)
            statements.Get($"SELECT {text}");
        var memory = MemoryOfStatements();

        for (var text = 200; text < 900; text++)
            statements.Get($"SELECT {text}");

        Assert.Equal(memory, MemoryOfStatements());
    }

    [Fact]
    public void All_are_given_back_in_the_end_those_that_run_too()
    {
        using (var statements = new StatementCache(_connection.Handle!))
        {
            statements.Get("SELECT 1");
            Assert.True(statements.Get("SELECT 2").Read());
            Assert.NotEqual(0, MemoryOfStatements());
        }

        Assert.Equal(0, MemoryOfStatements());
    }

    /// <summary>What SQLite says that it has for statements of the connection.</summary>
    private int MemoryOfStatements()
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_db_status(_connection.Handle, raw.SQLITE_DBSTATUS_STMT_USED, out var bytes, out _, 0));
        return bytes;
    }
}
