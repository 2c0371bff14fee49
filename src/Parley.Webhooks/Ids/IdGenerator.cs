using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Parley.Webhooks.Ids;

/// <summary>Makes ids of which each is above the one before, also within a millisecond and when the clock goes back. Thread-safe.</summary>
/// <remarks>Endpoints that ask for order get their deliveries in the order of the messages' ids.</remarks>
internal sealed class IdGenerator(TimeProvider time)
{
    private const ulong Version7 = 0x7000;
    private const ulong Variant = 0x8000_0000_0000_0000;
    private const int CounterBits = 12;

    /// <summary>A clock that is set back by more than this was wrong before, and new ids are not to be wrong for it.</summary>
    private static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private ulong _last;

    public Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[8..]);
        var random = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        ulong stamp;
        lock (_lock)
        {
            // RFC 9562, 6.2, method 1: the counter stands behind the milliseconds and runs over into them.
            var now = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits;
            _last = stamp = Math.Max(now, _last + 1);
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((stamp >> CounterBits) << 16) | Version7 | (stamp & 0xFFF));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (random >> 2) | Variant);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Makes new ids stand behind one that there is, though the clock was set back since it was made.</summary>
    public void StartAfter(Guid newest)
    {
        Span<byte> bytes = stackalloc byte[16];
        newest.TryWriteBytes(bytes, bigEndian: true, out _);
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var stamp = ((high >> 16) << CounterBits) | (high & 0xFFF);
        if ((high >> 16) > (ulong)(time.GetUtcNow() + FurthestAhead).ToUnixTimeMilliseconds())
            return;
        lock (_lock)
            _last = Math.Max(_last, stamp);
    }

    /// <summary>The lowest id of a moment, to select by time.</summary>
    public static Guid LowestAt(DateTimeOffset moment)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)Math.Max(0, moment.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
