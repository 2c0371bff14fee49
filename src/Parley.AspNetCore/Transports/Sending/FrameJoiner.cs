namespace Parley.AspNetCore.Transports.Sending;

/// <summary>Puts frames into one piece of memory, for one system call.</summary>
/// <remarks>
/// In a fan-out one connection after the other has the same frames waiting, so the last piece is remembered. Each thread has its own.
/// </remarks>
internal static class FrameJoiner
{
    /// <summary>Beyond this a piece is not kept.</summary>
    private const int MaxKeptBytes = 128 * 1024;

    [ThreadStatic]
    private static Joined? _last;

    /// <returns>The bytes, until the next call on this thread.</returns>
    public static ReadOnlyMemory<byte> Join(byte[] first, ReadOnlySpan<byte[]> more)
    {
        var last = _last ??= new Joined();
        if (!last.Is(first, more))
            last.Make(first, more);
        return last.Take();
    }

    private sealed class Joined
    {
        private const int SmallestBytes = 4096;

        private readonly FrameRun _run = new();
        private byte[] _bytes = [];

        public bool Is(byte[] first, ReadOnlySpan<byte[]> more) => _run.Is(first, more);

        public void Make(byte[] first, ReadOnlySpan<byte[]> more)
        {
            _run.Set(first, more);
            if (_bytes.Length < _run.Length)
                _bytes = new byte[Math.Max(_run.Length, SmallestBytes)];
            _run.CopyTo(_bytes);
        }

        public ReadOnlyMemory<byte> Take()
        {
            var bytes = _bytes.AsMemory(0, _run.Length);
            if (_bytes.Length <= MaxKeptBytes)
                return bytes;

            _bytes = [];
            _run.Clear();
            return bytes;
        }
    }
}
