using Npgsql;

namespace Parley.Webhooks.PostgreSql;

/// <summary>What a list selects: rows of a range of an index, of which some are wanted. Values are parameters, never text.</summary>
internal sealed class ListStatement
{
    private readonly List<string> _range = [];
    private readonly List<string> _filters = [];
    private readonly List<NpgsqlParameter> _values = [];

    /// <summary>Tells, for each row that is read, whether it belongs to the list.</summary>
    public string IsWanted => _filters.Count == 0 ? "true" : string.Join(" AND ", _filters);

    public string IsInRange => string.Join(" AND ", _range);

    public NpgsqlParameter[] Values => [.. _values];

    /// <summary>Adds a bound that an index finds.</summary>
    public void Range(string condition, params NpgsqlParameter[] values) => _range.Add(Format(condition, values));

    /// <summary>Adds a condition that is checked row by row.</summary>
    public void Filter(string condition, params NpgsqlParameter[] values) => _filters.Add(Format(condition, values));

    public string Parameter(NpgsqlParameter value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }

    private string Format(string condition, NpgsqlParameter[] values) => string.Format(null, condition, [.. values.Select(Parameter)]);
}
