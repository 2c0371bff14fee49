using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Dialects;

/// <summary>Socket.IO 4 (packets of protocol 5 in Engine.IO 4) over WebSocket alone; channels are rooms.</summary>
internal sealed class SocketIoDialect : Dialect
{
    public override string Name => "socket.io";

    public override ClientConnection Connect(Network network, Transport transport, int index, string[] channels, IReceiver receiver) =>
        new Client(network, transport, index, channels, receiver);

    public override CommandTemplate Publish(string channel, int payloadBytes) =>
        new($"""42["publish","{channel}",{Stamp.Payload(payloadBytes)}]""");

    public override CommandTemplate Call(string method, int payloadBytes) =>
        new($"""42{CommandTemplate.FirstId}["{method}",{Stamp.Payload(payloadBytes)}]""");

    private sealed class Client(Network network, Transport transport, int index, string[] channels, IReceiver receiver)
        : ClientConnection(network, transport, index, receiver, new Opening([]), channels.Length == 0 ? 1 : 2)
    {
        public override void OnMessage(ReadOnlySpan<byte> message)
        {
            switch (message)
            {
                case [(byte)'4', (byte)'2', ..]:
                    TakePublication(message);
                    break;
                case [(byte)'4', (byte)'3', ..] when IsReady:
                    TakeReply(message);
                    break;
                case [(byte)'4', (byte)'3', ..]:
                    TakeStep();
                    break;
                case [(byte)'2']: // a ping
                    SendMessage("3"u8);
                    break;
                case [(byte)'0', ..]: // Engine.IO is open: connect to the main namespace
                    SendMessage("40"u8);
                    break;
                case [(byte)'4', (byte)'0', ..]:
                    TakeStep();
                    if (channels.Length > 0)
                        SendMessage(Encoding.UTF8.GetBytes($"""420["subscribe",["{string.Join("\",\"", channels)}"]]"""));

                    break;
                default:
                    throw Failure(message);
            }
        }
    }
}
