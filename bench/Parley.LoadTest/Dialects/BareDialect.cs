using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Dialects;

/// <summary>
/// The least that a server of channels can do, for libraries that have no protocol of their own (bench/README.md): the first byte of a
/// text message is the command, and what was published arrives as it is.
/// </summary>
internal sealed class BareDialect : Dialect
{
    private const char SubscribeCommand = 's';
    private const char PublishCommand = 'p';
    private const char EchoCommand = 'e';

    public override string Name => "bare";

    public override ClientConnection Connect(Network network, Transport transport, int index, string[] channels, IReceiver receiver) =>
        new Client(network, transport, index, channels, receiver);

    public override CommandTemplate Publish(string channel, int payloadBytes) =>
        new($"{PublishCommand}{channel}\n{Stamp.Payload(payloadBytes)}");

    public override CommandTemplate Call(string method, int payloadBytes) => new($"{EchoCommand}{Stamp.Payload(payloadBytes)}");

    private sealed class Client(Network network, Transport transport, int index, string[] channels, IReceiver receiver)
        : ClientConnection(network, transport, index, receiver, new Opening(FirstMessage(channels)), 1)
    {
        public override void OnOpen()
        {
            if (channels.Length == 0)
                TakeStep();
        }

        public override void OnMessage(ReadOnlySpan<byte> message)
        {
            if (TakePublication(message))
                return;

            if (IsReady || message is not [(byte)SubscribeCommand])
                throw Failure(message);

            TakeStep();
        }

        private static byte[] FirstMessage(string[] channels) =>
            channels.Length == 0 ? [] : Encoding.UTF8.GetBytes(SubscribeCommand + string.Join('\n', channels));
    }
}
