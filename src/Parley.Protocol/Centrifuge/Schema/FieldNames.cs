using System.Text;

namespace Parley.Protocol.Centrifuge.Schema;

/// <summary>Finds the number of a field by its JSON name.</summary>
internal sealed class FieldNames
{
    /// <summary>Longer names than this are unknown.</summary>
    public const int MaxLength = 32;

    private readonly byte[][] _names;
    private readonly int[] _numbers;

    /// <param name="fields">Numbers from 1 to 63, names in ASCII.</param>
    public FieldNames(params ReadOnlySpan<(int Number, string Name)> fields)
    {
        _names = new byte[fields.Length][];
        _numbers = new int[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            _names[i] = Encoding.ASCII.GetBytes(fields[i].Name);
            _numbers[i] = fields[i].Number;
        }
    }

    /// <returns>0 when there is no such field.</returns>
    public int Find(ReadOnlySpan<byte> name)
    {
        // At most 19 names, nearly all told apart by their length: a hash would cost more than the comparisons.
        var names = _names;
        for (var i = 0; i < names.Length; i++)
            if (name.SequenceEqual(names[i]))
                return _numbers[i];

        return 0;
    }
}
