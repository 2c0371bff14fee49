using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Dialects;

/// <summary>The JSON hub protocol of ASP.NET Core SignalR over WebSocket without negotiation; channels are groups.</summary>
internal sealed class SignalRDialect : Dialect
{
    private const char End = '\x1e';

    public override string Name => "signalr";

    public override ClientConnection Connect(Network network, Transport transport, int index, string[] channels, IReceiver receiver) =>
        new Client(network, transport, index, channels, receiver);

    public override CommandTemplate Publish(string channel, int payloadBytes) =>
        new($$"""{"type":1,"target":"publish","arguments":["{{channel}}",{{Stamp.Payload(payloadBytes)}}]}{{End}}""");

    public override CommandTemplate Call(string method, int payloadBytes) =>
        new($$"""{"type":1,"invocationId":"{{CommandTemplate.FirstId}}","target":"{{method}}","arguments":[{{Stamp.Payload(payloadBytes)}}]}{{End}}""");

    private sealed class Client(Network network, Transport transport, int index, string[] channels, IReceiver receiver)
        : ClientConnection(network, transport, index, receiver, new Opening(FirstMessage(channels)), channels.Length == 0 ? 1 : 2)
    {
        private Remainder _remainder;

        public override void OnMessage(ReadOnlySpan<byte> message)
        {
            message = _remainder.Join(message);
            int end;
            while ((end = message.IndexOf((byte)End)) >= 0)
            {
                OnRecord(message[..end]);
                message = message[(end + 1)..];
            }

            _remainder.Keep(message);
        }

        private static byte[] FirstMessage(string[] channels)
        {
            var text = $$"""{"protocol":"json","version":1}{{End}}""";
            if (channels.Length > 0)
                text += $$"""{"type":1,"invocationId":"1","target":"subscribe","arguments":[["{{string.Join("\",\"", channels)}}"]]}{{End}}""";

            return Encoding.UTF8.GetBytes(text);
        }

        private void OnRecord(ReadOnlySpan<byte> record)
        {
            if (record.StartsWith("{\"type\":1,"u8))
                TakePublication(record);
            else if (record.StartsWith("{\"type\":3,"u8))
                OnCompletion(record);
            else if (record.StartsWith("{\"type\":6"u8))
                SendMessage("{\"type\":6}\x1e"u8); // A client pings as often as the server does; so there is no clock here.
            else if (record.SequenceEqual("{}"u8))
                TakeStep();
            else if (!IsClosing || !record.StartsWith("{\"type\":7"u8)) // The server says goodbye to a client that has done so.
                throw Failure(record);
        }

        private void OnCompletion(ReadOnlySpan<byte> completion)
        {
            if (completion.IndexOf("\"error\":"u8) >= 0)
                TakeError(completion);
            else if (!IsReady)
                TakeStep();
            else
                TakeReply(completion);
        }
    }
}
