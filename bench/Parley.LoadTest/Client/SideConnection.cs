using System.Text;
using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Client;

/// <summary>A connection that takes one request after the other and expects 204 for each.</summary>
internal sealed class SideConnection(Network network)
    : SocketHandler(network.Loop, network.Target.Server, network.Sources, network.Target.IsEncrypted)
{
    private int _unanswered;

    public void Post(ReadOnlySpan<byte> request)
    {
        _unanswered++;
        Send(request);
    }

    protected override void OnConnected()
    {
        // What was posted meanwhile is sent now.
    }

    protected override int OnReceived(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (HttpResponse.TryMeasure(bytes[taken..], out var length))
        {
            if (!HttpHead.TryRead(bytes[taken..], out var head) || head.Status != 204)
                throw new LoadTestException($"a request beside a connection got: {Encoding.UTF8.GetString(bytes.Slice(taken, length))}");

            _unanswered--;
            taken += length;
        }

        return taken;
    }

    protected override void OnEnded(string reason)
    {
        if (_unanswered > 0)
            throw new LoadTestException($"a connection ended with {_unanswered} requests unanswered: {reason}");

        Dispose(); // idle for too long; the next request gets another
    }
}
