using System.Buffers.Text;
using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>A request that is sent many times and differs only in its id, if it has one, and its payload's stamp. Both have a fixed width.</summary>
internal sealed class CommandTemplate
{
    // Ids have ten digits from the start, because a JSON number cannot be padded.
    public const uint FirstId = 1_000_000_000;

    private readonly byte[] _bytes;
    private readonly int _idAt;
    private readonly int _stampAt;

    public CommandTemplate(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    public CommandTemplate(byte[] bytes)
    {
        _bytes = bytes;
        _idAt = _bytes.AsSpan().IndexOf("1000000000"u8);
        _stampAt = _bytes.AsSpan().IndexOf(Stamp.Marker) + Stamp.Marker.Length;
    }

    /// <summary>The bytes to send, valid until the next call.</summary>
    public ReadOnlySpan<byte> With(uint id, uint sequence)
    {
        if (_idAt >= 0)
            Utf8Formatter.TryFormat(id, _bytes.AsSpan(_idAt), out _);

        Stamp.Write(_bytes.AsSpan(_stampAt), sequence);
        return _bytes;
    }
}
