namespace Parley.LoadTest.Dialects;

/// <summary>For dialects that are streams: keeps what a WebSocket message ended in the middle of. Copies nothing when it ended at an end.</summary>
internal struct Remainder
{
    private byte[] _kept;
    private int _length;

    /// <summary>What was kept and what has arrived, in one piece that is valid until the next call.</summary>
    public ReadOnlySpan<byte> Join(ReadOnlySpan<byte> arrived)
    {
        if (_length == 0)
            return arrived;

        Append(arrived);
        return _kept.AsSpan(0, _length);
    }

    /// <summary>Keeps the end of what <see cref="Join"/> gave.</summary>
    public void Keep(ReadOnlySpan<byte> rest)
    {
        _length = 0;
        if (!rest.IsEmpty)
            Append(rest);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var length = _length + bytes.Length;
        if (_kept is null || length > _kept.Length)
        {
            var larger = new byte[Math.Max(512, length * 2)];
            _kept.AsSpan(0, _length).CopyTo(larger);
            bytes.CopyTo(larger.AsSpan(_length));
            _kept = larger;
        }
        else
        {
            bytes.CopyTo(_kept.AsSpan(_length));
        }

        _length = length;
    }
}
