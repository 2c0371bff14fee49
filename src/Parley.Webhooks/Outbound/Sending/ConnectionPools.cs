using System.Security.Cryptography;

namespace Parley.Webhooks.Outbound.Sending;

/// <summary>Pools of connections: one that all share, and one of its own for each endpoint with a client certificate or authorities of its own.</summary>
/// <remarks>Thread-safe. So many are kept, as long as they are in use and their endpoints stay as they are.</remarks>
internal sealed class ConnectionPools : IDisposable
{
    /// <summary>More than these last as long as their request.</summary>
    public const int MaxKept = 500;

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Pool> _own = [];
    private readonly HandlerFactory _factory;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private readonly Pool _shared;

    public ConnectionPools(HandlerFactory factory, TimeProvider time)
    {
        (_factory, _time) = (factory, time);
        _shared = new Pool(this, factory.Create(null), 0);
        _sweep = time.CreateTimer(_ => Sweep(), null, Idle, Idle);
    }

    /// <summary>Pools that endpoints have of their own.</summary>
    public int Kept
    {
        get
        {
            lock (_gate)
                return _own.Count;
        }
    }

    /// <summary>Takes a pool, until it is given back.</summary>
    /// <exception cref="CryptographicException">The client certificate cannot be used.</exception>
    public Pool Rent(TlsSettings? settings)
    {
        if (settings is null)
            return _shared;
        lock (_gate)
        {
            if (_own.TryGetValue(settings.Endpoint, out var known) && known.Revision == settings.Revision)
                return Take(known);
        }

        var made = new Pool(this, _factory.Create(settings), settings.Revision);
        lock (_gate)
        {
            if (_own.TryGetValue(settings.Endpoint, out var known) && known.Revision == settings.Revision)
            {
                made.Dispose();
                return Take(known);
            }

            // One that began before its endpoint was changed goes its own way.
            if (known?.Revision > settings.Revision)
                return Take(made);
            if (known is not null)
                Drop(settings.Endpoint, known);
            if (_own.Count < MaxKept || DropOldest())
                Keep(settings.Endpoint, made);
            return Take(made);
        }
    }

    public void Return(Pool pool)
    {
        if (pool == _shared)
            return;
        lock (_gate)
        {
            pool.Users--;
            pool.UsedAt = _time.GetUtcNow();
            if (pool is { IsKept: false, Users: 0 })
                pool.Dispose();
        }
    }

    public void Dispose()
    {
        _sweep.Dispose();
        _shared.Dispose();
        lock (_gate)
        {
            foreach (var pool in _own.Values)
                pool.Dispose();
            _own.Clear();
        }
    }

    private static Pool Take(Pool pool)
    {
        pool.Users++;
        return pool;
    }

    private void Keep(Guid endpoint, Pool pool)
    {
        pool.IsKept = true;
        _own[endpoint] = pool;
    }

    private void Drop(Guid endpoint, Pool pool)
    {
        pool.IsKept = false;
        _own.Remove(endpoint);
        if (pool.Users == 0)
            pool.Dispose();
    }

    private bool DropOldest()
    {
        var idle = _own.Where(static entry => entry.Value.Users == 0).ToList();
        if (idle.Count == 0)
            return false;
        var (endpoint, pool) = idle.MinBy(static entry => entry.Value.UsedAt);
        Drop(endpoint, pool);
        return true;
    }

    private void Sweep()
    {
        lock (_gate)
        {
            var since = _time.GetUtcNow() - Idle;
            foreach (var (endpoint, pool) in _own.Where(entry => entry.Value.Users == 0 && entry.Value.UsedAt <= since).ToList())
                Drop(endpoint, pool);
        }
    }

    /// <summary>Connections that one endpoint, or all without settings of their own, use.</summary>
    internal sealed class Pool(ConnectionPools owner, SocketsHttpHandler handler, long revision) : IDisposable
    {
        private readonly HttpMessageInvoker _invoker = new(handler);

        public long Revision => revision;

        public int Users { get; set; }

        public DateTimeOffset UsedAt { get; set; }

        public bool IsKept { get; set; }

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _invoker.SendAsync(request, cancellationToken);

        public void Return() => owner.Return(this);

        public void Dispose() => _invoker.Dispose();
    }
}
