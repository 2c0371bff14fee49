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
        private readonly List<byte[]> _frames = [];
        private byte[] _bytes = [];
        private int _length;

        public bool Is(byte[] first, ReadOnlySpan<byte[]> more)
        {
            if (_frames.Count != more.Length + 1 || !ReferenceEquals(_frames[0], first))
                return false;

            for (var i = 0; i < more.Length; i++)
            {
                if (!ReferenceEquals(_frames[i + 1], more[i]))
                    return false;
            }

            return true;
        }

        public void Make(byte[] first, ReadOnlySpan<byte[]> more)
        {
            _frames.Clear();
            _frames.Add(first);
            _frames.AddRange(more);
            _length = 0;
            foreach (var frame in _frames)
                _length += frame.Length;
            if (_bytes.Length < _length)
                _bytes = new byte[Math.Max(_length, 4096)];

            var at = 0;
            foreach (var frame in _frames)
            {
                frame.CopyTo(_bytes, at);
                at += frame.Length;
            }
        }

        public ReadOnlyMemory<byte> Take()
        {
            var bytes = _bytes.AsMemory(0, _length);
            if (_bytes.Length <= MaxKeptBytes)
                return bytes;

            _bytes = [];
            _frames.Clear();
            return bytes;
        }
    }
}
