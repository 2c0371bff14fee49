namespace Parley.AspNetCore.Sockets;

/// <summary>Keeps file descriptors back for what the process opens beside connections: data, configuration, libraries, logs.</summary>
/// <remarks>Without any left the runtime itself fails at what it loads, and ends the process.</remarks>
/// <param name="readLimit">How many the process may have open; null: asks the system.</param>
internal sealed class DescriptorReserve(Func<long>? readLimit = null)
{
    /// <summary>Descriptors kept back, where the limit is not so low that most would be.</summary>
    public const int Size = 64;

    private const int ResourceFiles = 7;

    private readonly Func<long> _readLimit = readLimit ?? ReadLimit;

    /// <summary>Whether a descriptor is one of those kept back: the system always gives the lowest free number.</summary>
    /// <param name="descriptor">Of a connection.</param>
    /// <param name="limit">How many the process may have open now; it can be changed while it runs.</param>
    public bool Has(int descriptor, out long limit)
    {
        limit = _readLimit();
        return descriptor >= limit - Math.Min(Size, limit / 8);
    }

    private static unsafe long ReadLimit()
    {
        var limits = stackalloc ulong[2];
        return Libc.ResourceLimit(ResourceFiles, limits) == 0 ? (long)Math.Min(limits[0], long.MaxValue) : long.MaxValue;
    }
}
