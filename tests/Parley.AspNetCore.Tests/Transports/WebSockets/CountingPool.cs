using System.Buffers;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>Knows how many arrays are out, and spoils those that come back, so that use after return is seen.</summary>
internal sealed class CountingPool : ArrayPool<byte>
{
    private readonly HashSet<byte[]> _out = new(ReferenceEqualityComparer.Instance);

    /// <summary>Arrays rented and not returned.</summary>
    public int Out
    {
        get
        {
            lock (_out)
                return _out.Count;
        }
    }

    /// <summary>The largest array asked for.</summary>
    public int LargestRent { get; private set; }

    public override byte[] Rent(int minimumLength)
    {
        var array = new byte[minimumLength];
        lock (_out)
        {
            _out.Add(array);
            LargestRent = Math.Max(LargestRent, minimumLength);
        }

        return array;
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        lock (_out)
        {
            if (!_out.Remove(array)) throw new InvalidOperationException("Returned twice, or never rented.");
        }

        Array.Fill(array, (byte)0xEE);
    }
}
