using System.Net;
using System.Net.Sockets;

namespace Parley.Testing;

/// <summary>A network between clients and a server that a test can make slow, narrow, silent or broken.</summary>
/// <remarks>What it does to links holds for those that are open; new ones start sound, unless <see cref="IsRefusing"/>.</remarks>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly HashSet<TcpRelayLink> _links = [];
    private readonly Task _accepting;
    private volatile IPEndPoint _target;
    private volatile bool _isRefusing;
    private volatile bool _isDisposed;
    private readonly long[] _passed = new long[2];
    private long _latencyTicks;
    private (TcpDirection Direction, long At)? _cut;
    private int _bytesPerSecond;

    /// <summary>Starts a relay on a free port of the loopback address.</summary>
    /// <param name="target">Where it relays to.</param>
    public TcpRelay(IPEndPoint target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Endpoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Where clients connect, as an address of HTTP.</summary>
    public Uri Address => new($"http://{Endpoint}");

    /// <summary>Where new links go, as to a server that was started anew.</summary>
    public IPEndPoint Target
    {
        get => _target;
        set => _target = value;
    }

    /// <summary>Whether new links are reset at once.</summary>
    public bool IsRefusing
    {
        get => _isRefusing;
        set => _isRefusing = value;
    }

    /// <summary>How long bytes are on their way, in each direction. Default zero.</summary>
    public TimeSpan Latency
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _latencyTicks));
        set => Interlocked.Exchange(ref _latencyTicks, value.Ticks);
    }

    /// <summary>Most bytes in a second, in each direction of each link. 0: no limit, the default.</summary>
    public int BytesPerSecond
    {
        get => Volatile.Read(ref _bytesPerSecond);
        set => Volatile.Write(ref _bytesPerSecond, value);
    }

    /// <summary>Cuts all links with a reset at both ends; what is on its way is lost.</summary>
    public void Cut()
    {
        foreach (var link in Links())
            link.Reset();
    }

    /// <summary>Bytes that have passed in one direction, over all links.</summary>
    public long Passed(TcpDirection direction)
    {
        lock (_gate)
            return _passed[(int)direction];
    }

    /// <summary>Lets that many bytes more pass in one direction, over all links, and cuts all links then, once.</summary>
    public void CutAfter(TcpDirection direction, long bytes)
    {
        lock (_gate)
            _cut = (direction, _passed[(int)direction] + bytes);
    }

    /// <summary>Lets nothing pass on the open links from now on, without a word to either end.</summary>
    public void BlackHole()
    {
        foreach (var link in Links())
            link.Stall();
    }

    /// <summary>Ends <see cref="BlackHole"/>: what was held back arrives, late.</summary>
    public void Resume()
    {
        foreach (var link in Links())
            link.Resume();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        _listener.Dispose();
        await _accepting;
        var links = Links();
        foreach (var link in links)
            link.Reset();
        await Task.WhenAll(links.Select(static link => link.Ended));
    }

    /// <summary>How many of some bytes may pass. When it is not all, the caller cuts after them.</summary>
    internal int Admit(TcpDirection direction, int count)
    {
        lock (_gate)
        {
            if (_cut is { } cut && cut.Direction == direction && _passed[(int)direction] + count > cut.At)
            {
                count = (int)(cut.At - _passed[(int)direction]);
                _cut = null;
            }

            _passed[(int)direction] += count;
            return count;
        }
    }

    private TcpRelayLink[] Links()
    {
        lock (_gate)
            return [.. _links];
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // A client that was gone before it was taken is no end for others.
                if (_isDisposed)
                    return;
                continue;
            }

            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var link = new TcpRelayLink(this, client, server);
        lock (_gate)
            _links.Add(link);
        try
        {
            if (IsRefusing)
                link.Reset();
            else
                await link.RunAsync(Target);
        }
        finally
        {
            lock (_gate)
                _links.Remove(link);
        }
    }
}
