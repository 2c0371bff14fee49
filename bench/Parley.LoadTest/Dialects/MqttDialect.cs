using System.Buffers.Binary;
using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Dialects;

/// <summary>MQTT 3.1.1 in WebSocket messages with QoS 0; channels are topics. Clients ask for no keep-alive, so there are no pings.</summary>
internal sealed class MqttDialect : Dialect
{
    private const byte ConnectType = 0x10;
    private const byte ConnectAck = 0x20;
    private const byte PublishType = 0x30;
    private const byte SubscribeType = 0x82;
    private const byte SubscribeAck = 0x90;

    public override string Name => "mqtt";

    public override string SubProtocol => "mqtt";

    public override ClientConnection Connect(Network network, Transport transport, int index, string[] channels, IReceiver receiver) =>
        new Client(network, transport, index, channels, receiver);

    public override CommandTemplate Publish(string channel, int payloadBytes) =>
        new(Packet(PublishType, [.. Text(channel), .. Encoding.UTF8.GetBytes(Stamp.Payload(payloadBytes))]));

    /// <summary>Finds the first packet in what has arrived; false when it is not complete.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int headerLength, out int bodyLength)
    {
        const int MaxLengthBytes = 4;
        (headerLength, bodyLength) = (1, 0);
        for (var shift = 0; headerLength < bytes.Length; shift += 7)
        {
            if (headerLength > MaxLengthBytes)
                throw new LoadTestException("a packet of MQTT with a broken length");

            var next = bytes[headerLength++];
            bodyLength |= (next & 0x7F) << shift;
            if (next < 0x80)
                return bytes.Length - headerLength >= bodyLength;
        }

        return false;
    }

    private static byte[] Packet(byte type, byte[] body)
    {
        var packet = new List<byte> { type };
        var length = body.Length;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);

        packet.AddRange(body);
        return [.. packet];
    }

    private static byte[] Text(string text)
    {
        var bytes = new byte[2 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)Encoding.UTF8.GetBytes(text, bytes.AsSpan(2)));
        return bytes;
    }

    private sealed class Client(Network network, Transport transport, int index, string[] channels, IReceiver receiver)
        : ClientConnection(network, transport, index, receiver, new Opening(FirstMessage(channels)) { IsBinary = true }, channels.Length == 0 ? 1 : 2)
    {
        private Remainder _remainder;

        public override void OnMessage(ReadOnlySpan<byte> message)
        {
            message = _remainder.Join(message);
            while (TryRead(message, out var header, out var body))
            {
                OnPacket(message[0], message.Slice(header, body));
                message = message[(header + body)..];
            }

            _remainder.Keep(message);
        }

        private static byte[] FirstMessage(string[] channels)
        {
            const byte Level = 4;
            const byte CleanSession = 2;
            byte[] connect = Packet(ConnectType, [.. Text("MQTT"), Level, CleanSession, 0, 0, .. Text("")]);
            return channels.Length == 0
                ? connect
                : [.. connect, .. Packet(SubscribeType, [0, 1, .. channels.SelectMany(c => (byte[])[.. Text(c), 0])])];
        }

        private void OnPacket(byte type, ReadOnlySpan<byte> body)
        {
            const byte Refused = 0x80;
            switch (type)
            {
                case PublishType:
                    TakePublication(body);
                    break;
                case ConnectAck when body is [_, 0]:
                case SubscribeAck when !body[2..].Contains(Refused):
                    TakeStep();
                    break;
                default:
                    throw new LoadTestException($"the broker sent a packet of type {type:x2}: {Convert.ToHexString(body)}");
            }
        }
    }
}
