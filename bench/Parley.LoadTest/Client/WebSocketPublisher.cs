using Parley.LoadTest.Dialects;

namespace Parley.LoadTest.Client;

/// <summary>Publishes as clients do.</summary>
internal sealed class WebSocketPublisher : Publisher, IReceiver
{
    private readonly ClientConnection _connection;

    private readonly Dialect _dialect;

    public WebSocketPublisher(Network network)
    {
        _dialect = network.Target.Dialect;
        _connection = _dialect.Connect(network, Transport.Websocket, -1, [], this);
    }

    public override bool IsReady => _connection.IsReady;

    public override CommandTemplate Prepare(string channel, int payloadBytes) => _dialect.Publish(channel, payloadBytes);

    public override void Publish(CommandTemplate publication, uint sequence)
    {
        Unanswered++;
        _connection.Send(publication, sequence);
    }

    /// <summary>Says goodbye.</summary>
    public void Close() => _connection.BeginClose();

    public void OnPublication(int client, uint sequence)
    {
        // A publisher subscribes to nothing.
    }

    public void OnReply(int client, ReadOnlySpan<byte> reply) => Unanswered--;
}
