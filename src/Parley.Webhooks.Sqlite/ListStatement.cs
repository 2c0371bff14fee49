namespace Parley.Webhooks.Sqlite;

/// <summary>What a list selects: rows of a range of an index, of which some are wanted. Values are parameters, never text.</summary>
internal sealed class ListStatement
{
    private readonly List<string> _range = [];
    private readonly List<string> _filters = [];
    private readonly List<SqliteValue> _values = [];

    /// <summary>Tells, for each row that is read, whether it belongs to the list.</summary>
    public string IsWanted => _filters.Count == 0 ? "1" : string.Join(" AND ", _filters);

    public string IsInRange => string.Join(" AND ", _range);

    public SqliteValue[] Values => [.. _values];

    /// <summary>Adds a bound that an index finds.</summary>
    public void Range(string condition, params ReadOnlySpan<SqliteValue> values) => _range.Add(Format(condition, values));

    /// <summary>Adds a condition that is checked row by row.</summary>
    public void Filter(string condition, params ReadOnlySpan<SqliteValue> values) => _filters.Add(Format(condition, values));

    private string Format(string condition, ReadOnlySpan<SqliteValue> values)
    {
        var parameters = new object[values.Length];
        for (var index = 0; index < values.Length; index++)
        {
            _values.Add(values[index]);
            parameters[index] = $"?{_values.Count}";
        }

        return string.Format(null, condition, parameters);
    }
}
