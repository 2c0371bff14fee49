using System.Buffers.Text;
using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Dialects;

/// <summary>The NATS client protocol in WebSocket messages; channels are subjects.</summary>
internal sealed class NatsDialect : Dialect
{
    public override string Name => "nats";

    public override ClientConnection Connect(Network network, Transport transport, int index, string[] channels, IReceiver receiver) =>
        new Client(network, transport, index, channels, receiver);

    public override CommandTemplate Publish(string channel, int payloadBytes) =>
        new($"PUB {channel} {payloadBytes}\r\n{Stamp.Payload(payloadBytes)}\r\n");

    private sealed class Client(Network network, Transport transport, int index, string[] channels, IReceiver receiver)
        : ClientConnection(network, transport, index, receiver, new Opening(FirstMessage(channels)) { IsBinary = true }, 1)
    {
        private Remainder _remainder;

        public override void OnMessage(ReadOnlySpan<byte> message)
        {
            message = _remainder.Join(message);
            int end;
            while ((end = message.IndexOf("\r\n"u8)) >= 0)
            {
                var line = message[..end];
                var length = end + 2;
                if (line.StartsWith("MSG "u8))
                {
                    if (!Utf8Parser.TryParse(line[(line.LastIndexOf((byte)' ') + 1)..], out int payload, out _))
                        throw Failure(line);

                    length += payload + 2;
                    if (message.Length < length)
                        break;

                    TakePublication(message.Slice(end + 2, payload));
                }
                else
                {
                    OnLine(line);
                }

                message = message[length..];
            }

            _remainder.Keep(message);
        }

        private static byte[] FirstMessage(string[] channels)
        {
            var text = new StringBuilder("""CONNECT {"verbose":false,"pedantic":false,"echo":true,"protocol":1,"lang":"parley","version":"1"}""").Append("\r\n");
            for (var i = 0; i < channels.Length; i++)
                text.Append($"SUB {channels[i]} {i + 1}\r\n");

            return Encoding.UTF8.GetBytes(text.Append("PING\r\n").ToString());
        }

        private void OnLine(ReadOnlySpan<byte> line)
        {
            if (line.SequenceEqual("PING"u8))
                SendMessage("PONG\r\n"u8);
            else if (line.SequenceEqual("PONG"u8))
                TakeStep();
            else if (!line.StartsWith("INFO "u8))
                throw Failure(line);
        }
    }
}
