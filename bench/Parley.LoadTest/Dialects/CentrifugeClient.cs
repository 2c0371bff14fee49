using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Dialects;

/// <summary>A client of the Centrifuge protocol in JSON: connects, subscribes, answers pings.</summary>
internal sealed class CentrifugeClient(Network network, Transport transport, int index, string[] channels, IReceiver receiver)
    : ClientConnection(network, transport, index, receiver, new Opening(FirstMessage(network.Target.Token, channels)), 1 + channels.Length)
{
    private bool _answersPings;

    public override void OnMessage(ReadOnlySpan<byte> message)
    {
        while (true)
        {
            var end = message.IndexOf((byte)'\n');
            if (end < 0)
                break;

            OnLine(message[..end]);
            message = message[(end + 1)..];
        }

        OnLine(message);
    }

    private static byte[] FirstMessage(string? token, string[] channels)
    {
        // All in one message, as the official JavaScript client does.
        var credentials = token is null ? "" : $"\"token\":\"{token}\"";
        var commands = new StringBuilder($$$"""{"id":1,"connect":{{{{credentials}}}}}""");
        for (var i = 0; i < channels.Length; i++)
            commands.Append($$$"""{{{'\n'}}}{"id":{{{i + 2}}},"subscribe":{"channel":"{{{channels[i]}}}"}}""");

        return Encoding.UTF8.GetBytes(commands.ToString());
    }

    private void OnLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{\"push\""u8))
            OnPush(line);
        else if (line.Length > 2)
            OnReply(line);
        else if (line.Length == 2 && _answersPings)
            SendMessage("{}"u8);
    }

    private void OnPush(ReadOnlySpan<byte> push)
    {
        if (!TakePublication(push) && (push.IndexOf("\"unsubscribe\":"u8) >= 0 || push.IndexOf("\"disconnect\":"u8) >= 0))
            throw Failure(push);
    }

    private void OnReply(ReadOnlySpan<byte> reply)
    {
        if (reply.IndexOf("\"error\":{"u8) >= 0)
        {
            TakeError(reply);
        }
        else if (!IsReady)
        {
            TakeStep();
            _answersPings |= reply.IndexOf("\"pong\":true"u8) >= 0;
        }
        else
        {
            TakeReply(reply);
        }
    }
}
