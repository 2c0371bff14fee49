using Parley.LoadTest.Client;

namespace Parley.LoadTest.Dialects;

/// <summary>nchan, where a WebSocket's path says what it listens to and publishes to: one for each client, and one for each channel of a publisher.</summary>
internal sealed class NchanDialect : Dialect
{
    public override string Name => "nchan";

    // The upgrade is answered before the worker that owns the channel knows of the subscriber, and nothing more is said.
    public override TimeSpan SettleTime => TimeSpan.FromSeconds(2);

    public override ClientConnection Connect(Network network, Transport transport, int index, string[] channels, IReceiver receiver) =>
        new Client(network, transport, index, string.Join(',', channels), receiver);

    public override Publisher OpenPublisher(Network network) => new ChannelPublisher(network);

    // On a WebSocket that listens to the channel, whatever it sends is published there.
    public override CommandTemplate Publish(string channel, int payloadBytes) => new(Stamp.Payload(payloadBytes));

    private sealed class Client(Network network, Transport transport, int index, string channels, IReceiver receiver)
        : ClientConnection(network, transport, index, receiver, new Opening([]) { Path = new Uri(network.Target.Url, channels).PathAndQuery }, 1)
    {
        public override void OnOpen() => TakeStep();

        // What else arrives is how many got a publication, for its publisher.
        public override void OnMessage(ReadOnlySpan<byte> message) => TakePublication(message);
    }

    private sealed class ChannelPublisher(Network network) : Publisher, IReceiver
    {
        private readonly Dictionary<CommandTemplate, ClientConnection> _connections = [];

        public override bool IsReady => _connections.Values.All(c => c.IsReady);

        public override CommandTemplate Prepare(string channel, int payloadBytes)
        {
            var publication = network.Target.Dialect.Publish(channel, payloadBytes);
            _connections.Add(publication, new Client(network, Transport.Websocket, -1, $"/publisher/{channel}", this));
            return publication;
        }

        public override void Publish(CommandTemplate publication, uint sequence) => _connections[publication].Send(publication, sequence);

        public void OnPublication(int client, uint sequence)
        {
            // It listens to nothing.
        }

        public void OnReply(int client, ReadOnlySpan<byte> reply)
        {
            // Nor does it count.
        }
    }
}
