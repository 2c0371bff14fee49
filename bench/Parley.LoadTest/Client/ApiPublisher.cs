using System.Text;
using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Client;

/// <summary>Publishes over HTTP on one connection that is kept, without waiting for the answers.</summary>
internal sealed class ApiPublisher : Publisher
{
    private readonly Connection _connection;
    private readonly Target _target;

    public ApiPublisher(Network network)
    {
        _target = network.Target;
        _connection = new Connection(this, network);
    }

    /// <summary>The server took a publication.</summary>
    public event Action? Answered;

    public override bool IsReady => _connection.IsReady;

    public override CommandTemplate Prepare(string channel, int payloadBytes) =>
        _target.Dialect.Post(_target, channel, payloadBytes);

    public override void Publish(CommandTemplate publication, uint sequence)
    {
        Unanswered++;
        _connection.Post(publication, sequence);
    }

    private void OnResponse(ReadOnlySpan<byte> response)
    {
        if (!response.StartsWith("HTTP/1.1 2"u8) || response.IndexOf("\"error\":"u8) >= 0)
            throw new LoadTestException($"the API answered: {Encoding.UTF8.GetString(response)}");

        Unanswered--;
        Answered?.Invoke();
    }

    private sealed class Connection(ApiPublisher owner, Network network)
        : SocketHandler(network.Loop, Target.Resolve(network.Target.Api!), network.Sources, network.Target.Api!.Scheme == "https")
    {
        public bool IsReady { get; private set; }

        public void Post(CommandTemplate publication, uint sequence) => Send(publication.With(0, sequence));

        protected override void OnConnected() => IsReady = true;

        protected override int OnReceived(ReadOnlySpan<byte> bytes)
        {
            var taken = 0;
            while (HttpResponse.TryMeasure(bytes[taken..], out var length))
            {
                owner.OnResponse(bytes.Slice(taken, length));
                taken += length;
            }

            return taken;
        }

        protected override void OnEnded(string reason) => throw new LoadTestException($"the API connection ended: {reason}");
    }
}
