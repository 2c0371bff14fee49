using System.Buffers;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>Collects a message that arrives in pieces.</summary>
/// <remarks>
/// Holds a rented array only between the first piece and <see cref="Release"/>. It grows with what has arrived, never with what a
/// header promises.
/// </remarks>
internal struct MessageBuffer(ArrayPool<byte> pool)
{
    private const int SmallestRent = 512;

    private byte[]? _bytes;

    public int Length { get; private set; }

    public readonly ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Appends a copy of the input.</summary>
    /// <returns>The copy, for unmasking in place.</returns>
    public Span<byte> Append(ReadOnlySpan<byte> input)
    {
        var end = checked(Length + input.Length);
        if (_bytes is null || end > _bytes.Length) Grow(end);

        var copy = _bytes.AsSpan(Length, input.Length);
        input.CopyTo(copy);
        Length = end;
        return copy;
    }

    public void Release()
    {
        if (_bytes is { } bytes) pool.Return(bytes);
        _bytes = null;
        Length = 0;
    }

    private void Grow(int needed)
    {
        var larger = pool.Rent(Math.Max(needed, Math.Max(SmallestRent, Length > Array.MaxLength / 2 ? needed : Length * 2)));
        if (_bytes is { } bytes)
        {
            bytes.AsSpan(0, Length).CopyTo(larger);
            pool.Return(bytes);
        }

        _bytes = larger;
    }
}
