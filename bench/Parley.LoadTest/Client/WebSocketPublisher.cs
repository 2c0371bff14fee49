namespace Parley.LoadTest.Client;

/// <summary>Publishes with the <c>publish</c> command of a client.</summary>
internal sealed class WebSocketPublisher : Publisher, IReceiver
{
    private readonly ClientConnection _connection;

    public WebSocketPublisher(Network network) =>
        _connection = new ClientConnection(network, Transport.Websocket, -1, [], this);

    public override bool IsReady => _connection.IsReady;

    public override CommandTemplate Prepare(string channel, int payloadBytes) => CommandTemplate.Publish(channel, payloadBytes);

    public override void Publish(CommandTemplate publication, uint sequence)
    {
        Unanswered++;
        _connection.Send(publication, sequence);
    }

    public void OnPublication(int client, uint sequence)
    {
        // A publisher subscribes to nothing.
    }

    public void OnReply(int client, ReadOnlySpan<byte> reply) => Unanswered--;
}
