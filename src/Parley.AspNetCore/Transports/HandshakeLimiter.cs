using Parley.Sessions;

namespace Parley.AspNetCore.Transports;

/// <summary>Keeps the connections of this node, and new ones per second, under their limits, over all transports.</summary>
/// <remarks>
/// The rate is a bucket of one second's handshakes that fills continuously, so that after a restart clients come in evenly
/// and not once a second. Thread-safe.
/// </remarks>
internal sealed class HandshakeLimiter(ClientOptions options, TimeProvider time, Random random)
{
    private static readonly TimeSpan LongestJitter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private double _tokens = options.HandshakesPerSecond;
    private long _filledAt = time.GetTimestamp();
    private int _connections;
    private bool _isClosed;

    /// <summary>Connections that entered and did not leave.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
                return _connections;
        }
    }

    /// <summary>Lets a handshake in, or says when to try again.</summary>
    /// <param name="retryAfter">At least a second, spread so that those refused together do not come back together.</param>
    /// <returns>True: the caller must call <see cref="Leave"/> when the connection has ended.</returns>
    public bool TryEnter(out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var isFull = options.MaxConnections > 0 && _connections >= options.MaxConnections;
            if (!_isClosed && !isFull && TryTakeToken())
            {
                _connections++;
                retryAfter = TimeSpan.Zero;
                return true;
            }

            retryAfter = TimeSpan.FromSeconds(1) + (random.NextDouble() * LongestJitter);
            return false;
        }
    }

    /// <summary>Lets nobody in any more: the node is stopping.</summary>
    public void Close()
    {
        lock (_gate)
            _isClosed = true;
    }

    /// <summary>Counts a connection out that entered.</summary>
    public void Leave()
    {
        lock (_gate)
            _connections--;
    }

    private bool TryTakeToken()
    {
        if (options.HandshakesPerSecond <= 0) return true;

        var now = time.GetTimestamp();
        _tokens = Math.Min(
            options.HandshakesPerSecond, _tokens + (time.GetElapsedTime(_filledAt, now).TotalSeconds * options.HandshakesPerSecond));
        _filledAt = now;
        if (_tokens < 1) return false;

        _tokens--;
        return true;
    }
}
