using SQLitePCL;

namespace Parley.Webhooks.Sqlite;

/// <summary>Keeps prepared statements by their text, those that were used last.</summary>
/// <param name="database">Where they run.</param>
/// <param name="most">Kept at most: the texts of lists vary with what is asked for.</param>
internal sealed class StatementCache(sqlite3 database, int most = 100) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private long _uses;

    public Statement Get(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            statement = Add(sql);
        statement.LastUse = ++_uses;
        return statement;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Free();
        _statements.Clear();
    }

    private Statement Add(string sql)
    {
        if (_statements.Count == most)
        {
            var oldest = _statements.MinBy(static kept => kept.Value.LastUse);
            _statements.Remove(oldest.Key);
            oldest.Value.Free();
        }

        var statement = new Statement(database, sql);
        _statements.Add(sql, statement);
        return statement;
    }
}
